#ifndef CPREFETCH_H
#define CPREFETCH_H

#if defined(__APPLE__)
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif
#include <stddef.h>
#include <stdint.h>

/// Asks the processor to fetch the line of its cache that holds an address. Reads nothing: any address will do, also one that is no longer
/// anybody's.
static inline void cprefetch_line(uintptr_t address) { __builtin_prefetch((const void *)address, 0, 3); }

/// How long a piece of the heap is that starts at this address.
static inline size_t cprefetch_size(const void *piece) {
#if defined(__APPLE__)
    return malloc_size(piece);
#else
    return malloc_usable_size((void *)piece);
#endif
}

#endif
