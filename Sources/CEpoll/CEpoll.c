// accept4 is an extension of Linux, which the C library shows only on request.
#define _GNU_SOURCE
#include "CEpoll.h"

int cepoll_accept(int listener, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    int descriptor;
    do {
        descriptor = accept4(listener, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor >= 0 ? descriptor : -errno;
}
