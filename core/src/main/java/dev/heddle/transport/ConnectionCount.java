package dev.heddle.transport;

/** Who wants to know which connections there are: the server that has accepted them. */
interface ConnectionCount {

    /** A connection was made. */
    void attach(Transport transport);

    /** It is lost; its protocol has been told. */
    void detach(Transport transport);
}
