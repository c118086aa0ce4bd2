/*
 * The echo server that all others are measured against: one thread, one epoll, no library.
 *
 * Prints its port, and ends when its standard input does.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 256 * 1024 };

/* A connection reads, or, while what it has read does not fit into the socket, writes. */
struct connection {
    int fd;
    char *rest; /* allocated when first needed */
    size_t begin, end;
};

static char room[ROOM];
static int poller;

static void check(int ok, const char *what) {
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static void watch(struct connection *c, int operation, unsigned events) {
    struct epoll_event e = {.events = events, .data.ptr = c};
    check(!epoll_ctl(poller, operation, c->fd, &e), "epoll_ctl");
}

static void end(struct connection *c) {
    close(c->fd);
    free(c->rest);
    free(c);
}

static void readable(struct connection *c) {
    ssize_t n = recv(c->fd, room, ROOM, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
        end(c);
        return;
    }
    ssize_t sent = send(c->fd, room, n, MSG_NOSIGNAL);
    if (sent == n) return;
    if (sent < 0) {
        if (errno != EAGAIN) {
            end(c);
            return;
        }
        sent = 0;
    }
    if (!c->rest) c->rest = malloc(ROOM);
    c->begin = 0;
    c->end = n - sent;
    memcpy(c->rest, room + sent, c->end);
    watch(c, EPOLL_CTL_MOD, EPOLLOUT);
}

static void writable(struct connection *c) {
    ssize_t n = send(c->fd, c->rest + c->begin, c->end - c->begin, MSG_NOSIGNAL);
    if (n < 0) {
        if (errno != EAGAIN) end(c);
        return;
    }
    c->begin += n;
    if (c->begin == c->end) watch(c, EPOLL_CTL_MOD, EPOLLIN);
}

int main(void) {
    struct connection listener = {0}, input = {.fd = STDIN_FILENO};
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener.fd = socket(AF_INET, SOCK_STREAM, 0);
    check(!bind(listener.fd, (struct sockaddr *) &address, length) && !listen(listener.fd, 100), "listen");
    getsockname(listener.fd, (struct sockaddr *) &address, &length);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    poller = epoll_create1(0);
    watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
    watch(&input, EPOLL_CTL_ADD, EPOLLIN);
    struct epoll_event events[256];
    for (;;) {
        int n = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (c == &input) {
                return 0;
            } else if (c == &listener) {
                struct connection *accepted = calloc(1, sizeof *accepted);
                int yes = 1;
                accepted->fd = accept4(listener.fd, NULL, NULL, SOCK_NONBLOCK);
                check(accepted->fd >= 0, "accept");
                setsockopt(accepted->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                watch(accepted, EPOLL_CTL_ADD, EPOLLIN);
            } else if (events[i].events & EPOLLOUT) {
                writable(c);
            } else {
                readable(c);
            }
        }
    }
}
