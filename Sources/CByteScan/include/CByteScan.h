#ifndef CBYTESCAN_H
#define CBYTESCAN_H

// Searches and copies of the wire parsers, 16 bytes at a step where the processor can (SSE2), so short that they are inlined into Swift.
// None reads outside of the bytes that it is given.

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// `MARKS(word)` marks the bytes of a vector that are looked for, `byte` in TEST is one of them.
#if defined(__SSE2__)
#define CBYTESCAN_LOAD(offset) _mm_loadu_si128((const __m128i *)(bytes + (offset)))
#define CBYTESCAN_WIDE(MARKS)                                                                                                           \
    for (; index + 32 <= count; index += 32) {                                                                                          \
        __m128i first = MARKS(CBYTESCAN_LOAD(index)), second = MARKS(CBYTESCAN_LOAD(index + 16));                                       \
        if (_mm_movemask_epi8(_mm_or_si128(first, second)) == 0) continue;                                                              \
        unsigned marks = (unsigned)_mm_movemask_epi8(first) | (unsigned)_mm_movemask_epi8(second) << 16;                                \
        return index + (size_t)__builtin_ctz(marks);                                                                                    \
    }                                                                                                                                   \
    if (index + 16 <= count) {                                                                                                          \
        unsigned marks = (unsigned)_mm_movemask_epi8(MARKS(CBYTESCAN_LOAD(index)));                                                     \
        if (marks) return index + (size_t)__builtin_ctz(marks);                                                                         \
        index += 16;                                                                                                                    \
    }                                                                                                                                   \
    /* What is left lies in the last 16 bytes; those before it hold no hit, or it would have been found. */                             \
    if (index < count && count >= 16) {                                                                                                 \
        unsigned marks = (unsigned)_mm_movemask_epi8(MARKS(CBYTESCAN_LOAD(count - 16)));                                                \
        return marks ? count - 16 + (size_t)__builtin_ctz(marks) : count;                                                               \
    }
#else
#define CBYTESCAN_WIDE(MARKS)
#endif

#define CBYTESCAN_LOOP(MARKS, TEST)                                                                                                     \
    size_t index = 0;                                                                                                                   \
    CBYTESCAN_WIDE(MARKS)                                                                                                               \
    for (; index < count; index++) {                                                                                                    \
        uint8_t byte = bytes[index];                                                                                                    \
        if (TEST) return index;                                                                                                         \
    }                                                                                                                                   \
    return count;

/// Index of the first byte of that value, or `count`.
#define CBYTESCAN_EQUAL(word) \
    _mm_cmpeq_epi8(word, _mm_set1_epi8((char)wanted))
static inline size_t cbytescan_first(const uint8_t *bytes, size_t count, uint8_t wanted) {
    CBYTESCAN_LOOP(CBYTESCAN_EQUAL, byte == wanted)
}

/// Index of the first control character (below 0x20, or 0x7F), or `count`.
#define CBYTESCAN_CONTROL(word) \
    _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(word, _mm_set1_epi8(0x1F)), word), _mm_cmpeq_epi8(word, _mm_set1_epi8(0x7F)))
static inline size_t cbytescan_control(const uint8_t *bytes, size_t count) {
    CBYTESCAN_LOOP(CBYTESCAN_CONTROL, byte < 0x20 || byte == 0x7F)
}

/// Index of the first byte that is not visible ASCII or a space, or is a quotation mark or a backslash; or `count`. Bytes above ASCII are
/// negative, so one comparison finds them with the control characters.
#define CBYTESCAN_UNQUOTABLE(word) \
    _mm_or_si128( \
        _mm_or_si128(_mm_cmplt_epi8(word, _mm_set1_epi8(0x20)), _mm_cmpeq_epi8(word, _mm_set1_epi8(0x7F))), \
        _mm_or_si128(_mm_cmpeq_epi8(word, _mm_set1_epi8('"')), _mm_cmpeq_epi8(word, _mm_set1_epi8('\\'))))
static inline size_t cbytescan_unquotable(const uint8_t *bytes, size_t count) {
    CBYTESCAN_LOOP(CBYTESCAN_UNQUOTABLE, byte < 0x20 || byte >= 0x7F || byte == '"' || byte == '\\')
}

/// Index of the first byte that no request target may hold (all but visible ASCII without `#`), or `count`.
#define CBYTESCAN_NO_TARGET(word) \
    _mm_or_si128( \
        _mm_or_si128(_mm_cmplt_epi8(word, _mm_set1_epi8(0x21)), _mm_cmpeq_epi8(word, _mm_set1_epi8(0x7F))), \
        _mm_cmpeq_epi8(word, _mm_set1_epi8('#')))
static inline size_t cbytescan_target_end(const uint8_t *bytes, size_t count) {
    CBYTESCAN_LOOP(CBYTESCAN_NO_TARGET, byte < 0x21 || byte >= 0x7F || byte == '#')
}

/// Copies bytes; few of them without a call.
static inline void cbytescan_copy(uint8_t *target, const uint8_t *source, size_t count) {
    if (count > 32) {
        memcpy(target, source, count);
    } else if (count >= 16) {
        uint64_t words[4];
        memcpy(words, source, 16);
        memcpy(words + 2, source + count - 16, 16);
        memcpy(target, words, 16);
        memcpy(target + count - 16, words + 2, 16);
    } else if (count >= 8) {
        uint64_t first, last;
        memcpy(&first, source, 8);
        memcpy(&last, source + count - 8, 8);
        memcpy(target, &first, 8);
        memcpy(target + count - 8, &last, 8);
    } else if (count >= 4) {
        uint32_t first, last;
        memcpy(&first, source, 4);
        memcpy(&last, source + count - 4, 4);
        memcpy(target, &first, 4);
        memcpy(target + count - 4, &last, 4);
    } else if (count > 0) {
        target[0] = source[0];
        if (count > 1) {
            target[1] = source[1];
            target[count - 1] = source[count - 1];
        }
    }
}

#endif
