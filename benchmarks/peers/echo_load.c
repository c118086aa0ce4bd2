/*
 * Load for an echo server: sends messages and wants them back, on some connections, in a closed loop.
 *
 *   echo_load PORT CONNECTIONS BYTES SECONDS [tls]
 *
 * Each connection sends a message, waits until all of it has come back, and sends the next one. Every byte is
 * compared. Prints {"messages": N, "seconds": S}. Gives up if nothing comes for ten seconds.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AGAIN = -1, SHIFTS = 251, ROOM = 256 * 1024, SILENCE_MS = 10000 };

struct connection {
    int fd;
    SSL *tls; /* NULL: none */
    int shift; /* where in the pattern its present message begins, so that messages differ */
    size_t sent, received;
    int wants_writable;
};

static size_t message_size;
static char *pattern, *room;
static long messages;
static int poller;

static void die(const char *what) {
    fprintf(stderr, "echo_load: %s", what);
    if (errno) fprintf(stderr, ": %s", strerror(errno));
    fputc('\n', stderr);
    ERR_print_errors_fp(stderr);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

/* Returns how many bytes went, or AGAIN. */
static ssize_t put(struct connection *c, const char *data, size_t n) {
    ssize_t done;
    if (!c->tls) {
        done = send(c->fd, data, n, MSG_NOSIGNAL);
        if (done < 0 && errno != EAGAIN) die("send");
        return done;
    }
    if (n > ROOM) n = ROOM;
    done = SSL_write(c->tls, data, n);
    if (done <= 0 && SSL_get_error(c->tls, done) != SSL_ERROR_WANT_WRITE) die("SSL_write");
    return done > 0 ? done : AGAIN;
}

/* Returns how many bytes came, or AGAIN. */
static ssize_t get(struct connection *c, size_t n) {
    ssize_t done;
    if (n > ROOM) n = ROOM;
    if (!c->tls) {
        done = recv(c->fd, room, n, 0);
        if (done < 0 && errno != EAGAIN) die("recv");
        if (done == 0) die("the server has closed a connection");
        return done;
    }
    done = SSL_read(c->tls, room, n);
    if (done <= 0 && SSL_get_error(c->tls, done) != SSL_ERROR_WANT_READ) die("SSL_read");
    return done > 0 ? done : AGAIN;
}

static void send_rest(struct connection *c) {
    while (c->sent < message_size) {
        ssize_t n = put(c, pattern + c->shift + c->sent, message_size - c->sent);
        if (n == AGAIN) break;
        c->sent += n;
    }
    int wants_writable = c->sent < message_size;
    if (wants_writable != c->wants_writable) {
        c->wants_writable = wants_writable;
        struct epoll_event e = {.events = EPOLLIN | (wants_writable ? EPOLLOUT : 0), .data.ptr = c};
        if (epoll_ctl(poller, EPOLL_CTL_MOD, c->fd, &e)) die("epoll_ctl");
    }
}

/* Receives what there is. TLS keeps bytes that epoll does not know of, so it is asked until it has no more. */
static void receive(struct connection *c) {
    for (;;) {
        size_t wanted = message_size - c->received;
        ssize_t n = get(c, wanted);
        if (n == AGAIN) return;
        if (memcmp(room, pattern + c->shift + c->received, n)) {
            errno = 0;
            die("what came back is not what was sent");
        }
        c->received += n;
        if (c->received == message_size) {
            messages++;
            c->shift = (c->shift + 1) % SHIFTS;
            c->sent = c->received = 0;
            send_rest(c);
            if (!c->tls) return;
        } else if (!c->tls && n < (ssize_t) wanted && n < ROOM) {
            return;
        }
    }
}

static SSL *handshake(SSL_CTX *context, int fd) {
    SSL *tls = SSL_new(context);
    if (!tls || !SSL_set_fd(tls, fd) || SSL_connect(tls) != 1) die("TLS handshake");
    return tls;
}

int main(int argc, char **argv) {
    if (argc < 5) die("usage: echo_load PORT CONNECTIONS BYTES SECONDS [tls]");
    signal(SIGPIPE, SIG_IGN);
    int count = atoi(argv[2]);
    message_size = strtoul(argv[3], NULL, 10);
    double seconds = atof(argv[4]);
    SSL_CTX *context = NULL;
    if (argc > 5) {
        context = SSL_CTX_new(TLS_client_method()); /* verifies nothing: the certificate is made for this run */
        if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION)
            || !SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256"))
            die("TLS context");
        SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }

    pattern = malloc(message_size + SHIFTS);
    room = malloc(ROOM);
    unsigned random = 12345;
    for (size_t i = 0; i < message_size + SHIFTS; i++) {
        random = random * 1664525 + 1013904223;
        pattern[i] = random >> 24;
    }

    poller = epoll_create1(0);
    struct connection *all = calloc(count, sizeof *all);
    for (int i = 0; i < count; i++) {
        struct connection *c = &all[i];
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int yes = 1;
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (c->fd < 0 || connect(c->fd, (struct sockaddr *) &to, sizeof to)) die("connect");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (context) c->tls = handshake(context, c->fd);
        fcntl(c->fd, F_SETFL, O_NONBLOCK);
        c->shift = i % SHIFTS;
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &e)) die("epoll_ctl");
    }

    double begin = now();
    for (int i = 0; i < count; i++) send_rest(&all[i]);
    struct epoll_event events[256];
    while (now() - begin < seconds) {
        int n = epoll_wait(poller, events, 256, SILENCE_MS);
        if (n == 0) {
            errno = 0;
            die("the server is silent");
        }
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) send_rest(c);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(c);
        }
    }
    printf("{\"messages\": %ld, \"seconds\": %.3f}\n", messages, now() - begin);
    return 0;
}
