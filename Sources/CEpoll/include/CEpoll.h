#ifndef CEPOLL_H
#define CEPOLL_H

// What the epoll transport needs of Linux and Swift's Glibc module does not show: epoll, eventfd, accept4, and the few socket calls
// of the hot path. Calls that can fail answer -errno, so that Swift reads one value, and start anew when a signal interrupts them.

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/// Input, output, the peer's end and errors, each reported once when it comes up (edge-triggered).
static const uint32_t CEPOLL_EDGES = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
/// Input as long as there is some (level-triggered).
static const uint32_t CEPOLL_INPUT = EPOLLIN;

static const uint32_t CEPOLL_READABLE = EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
static const uint32_t CEPOLL_WRITABLE = EPOLLOUT | EPOLLHUP | EPOLLERR;
/// The peer has sent its last byte, or the connection is gone: a short read is not the last one then.
static const uint32_t CEPOLL_ENDED = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
/// The connection is gone in both directions.
static const uint32_t CEPOLL_GONE = EPOLLHUP | EPOLLERR;

static inline int cepoll_create(void) {
    int descriptor = epoll_create1(EPOLL_CLOEXEC);
    return descriptor >= 0 ? descriptor : -errno;
}

/// Watches a descriptor; `token` comes back with its events.
static inline int cepoll_add(int epoll, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : -errno;
}

static inline int cepoll_change(int epoll, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) == 0 ? 0 : -errno;
}

static inline int cepoll_remove(int epoll, int descriptor) {
    struct epoll_event none = {0};
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &none) == 0 ? 0 : -errno;
}

/// Waits for events, at most `milliseconds` (-1: for ever), and answers how many there are; 0 also after a signal.
static inline int cepoll_wait(int epoll, struct epoll_event *events, int most, int milliseconds) {
    int count = epoll_wait(epoll, events, most, milliseconds);
    return count > 0 ? count : 0;
}

static inline int cepoll_eventfd(void) {
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor >= 0 ? descriptor : -errno;
}

/// Accepts a connection that does not block, with its peer's address.
int cepoll_accept(int listener, struct sockaddr_storage *address);

/// Makes a pipe of about so many bytes that does not block: what goes into `ends[1]` comes out of `ends[0]`. 0, or the negative error.
int cepoll_pipe(int ends[2], int bytes);

/// Moves bytes between a socket and a pipe without copying them. `more` has a socket wait for what follows before it sends a packet that is
/// not full.
ssize_t cepoll_move(int from, int to, size_t count, bool more);

/// A TCP socket that does not block, for addresses of this family.
static inline int cepoll_socket(int family) {
    int descriptor = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    return descriptor >= 0 ? descriptor : -errno;
}

static inline int cepoll_connect(int descriptor, const struct sockaddr_storage *address, socklen_t length) {
    return connect(descriptor, (const struct sockaddr *)address, length) == 0 ? 0 : -errno;
}

static inline int cepoll_bind(int descriptor, const struct sockaddr_storage *address, socklen_t length) {
    return bind(descriptor, (const struct sockaddr *)address, length) == 0 ? 0 : -errno;
}

/// The error that a socket has met since it was last asked, 0 for none.
static inline int cepoll_error(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

static inline int cepoll_listen(int descriptor, int backlog) {
    return listen(descriptor, backlog) == 0 ? 0 : -errno;
}

/// Lets a port be bound whose former connections have not quite ended.
static inline void cepoll_reuse_address(int descriptor) {
    int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

/// Lets several sockets listen on one port, and the system spread connections over them.
static inline void cepoll_share_port(int descriptor) {
    int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
}

/// Sends small pieces at once. A listening socket hands it on to those that it accepts.
static inline void cepoll_send_at_once(int descriptor) {
    int yes = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

/// Has the next close reset the connection.
static inline void cepoll_reset_at_close(int descriptor) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

/// Ends the sending half.
static inline void cepoll_end_sending(int descriptor) { shutdown(descriptor, SHUT_WR); }

static inline void cepoll_close(int descriptor) { close(descriptor); }

/// The addresses of a host; `NULL` for none. `freeaddrinfo` gives them back.
///
/// `literal` takes addresses only, and so never asks a server; `passive` is for listening.
static inline struct addrinfo *cepoll_find_addresses(const char *host, const char *port, bool literal, bool passive) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    hints.ai_flags = AI_NUMERICSERV | (literal ? AI_NUMERICHOST : 0) | (passive ? AI_PASSIVE : 0);
    struct addrinfo *list = NULL;
    return getaddrinfo(host, port, &hints, &list) == 0 ? list : NULL;
}

static inline uint64_t cepoll_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/// Runs `body(argument)` on a thread of its own that nobody waits for; 0, or the negative error.
static inline int cepoll_start_thread(void *(*body)(void *), void *argument) {
    pthread_t thread;
    int error = pthread_create(&thread, NULL, body, argument);
    if (error == 0) pthread_detach(thread);
    return -error;
}

static inline ssize_t cepoll_receive(int descriptor, void *bytes, size_t count) {
    ssize_t received;
    do {
        received = recv(descriptor, bytes, count, 0);
    } while (received < 0 && errno == EINTR);
    return received >= 0 ? received : -errno;
}

/// Looks whether there is anything to read, without taking it: 1, 0 at the end, or the negative error, EAGAIN for nothing.
static inline ssize_t cepoll_peek(int descriptor) {
    char byte;
    ssize_t seen;
    do {
        seen = recv(descriptor, &byte, 1, MSG_PEEK);
    } while (seen < 0 && errno == EINTR);
    return seen >= 0 ? seen : -errno;
}

static inline ssize_t cepoll_read(int descriptor, void *bytes, size_t count) {
    ssize_t taken;
    do {
        taken = read(descriptor, bytes, count);
    } while (taken < 0 && errno == EINTR);
    return taken >= 0 ? taken : -errno;
}

/// `more` has the system wait for what follows before it sends a packet that is not full.
static inline ssize_t cepoll_send(int descriptor, const void *bytes, size_t count, bool more) {
    ssize_t sent;
    do {
        sent = send(descriptor, bytes, count, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    } while (sent < 0 && errno == EINTR);
    return sent >= 0 ? sent : -errno;
}

/// Sends two pieces of memory as one.
static inline ssize_t cepoll_send_two(int descriptor, const void *first, size_t firstCount, const void *second, size_t secondCount) {
    struct iovec pieces[2] = {{(void *)first, firstCount}, {(void *)second, secondCount}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    ssize_t sent;
    do {
        sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0 ? sent : -errno;
}

#endif
