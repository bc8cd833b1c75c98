// accept4, pipe2 and splice are extensions of Linux, which the C library shows only on request.
#define _GNU_SOURCE
#include "CEpoll.h"
#include <fcntl.h>

int cepoll_accept(int listener, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    int descriptor;
    do {
        descriptor = accept4(listener, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor >= 0 ? descriptor : -errno;
}

int cepoll_pipe(int ends[2], int bytes) {
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -errno;
    // The system may allow less; the pipe serves at any size.
    fcntl(ends[0], F_SETPIPE_SZ, bytes);
    return 0;
}

ssize_t cepoll_move(int from, int to, size_t count, bool more) {
    unsigned flags = SPLICE_F_NONBLOCK | SPLICE_F_MOVE | (more ? SPLICE_F_MORE : 0);
    ssize_t moved;
    do {
        moved = splice(from, NULL, to, NULL, count, flags);
    } while (moved < 0 && errno == EINTR);
    return moved >= 0 ? moved : -errno;
}
