package dev.heddle.testing.net;

/** Where TCP cuts the stream of bytes. */
public enum Segmentation {

    /** As late as possible: a segment is as long as it may be, and a read gets all there is. */
    MSS,

    /**
     * Anywhere: writes take a part, segments have any length, and reads get a part. All of it is
     * allowed to TCP, and finds programs that take a read for a message.
     */
    RANDOM
}
