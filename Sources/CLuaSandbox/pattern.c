/// Lua's patterns (Lua 5.4 reference manual §6.4.1) with a bound on the work: the matcher of Lua's own library takes exponential time for
/// some patterns and cannot be stopped while it does.
#include "sandbox.h"

#include <ctype.h>
#include <string.h>

enum { MOST_CAPTURES = 32, DEEPEST = 200, IS_OPEN = -2, IS_POSITION = -1 };
static const char ESCAPE = '%';

typedef struct {
    lua_State *L;
    const char *subject, *subject_end, *pattern_end;
    uint64_t steps, limit;
    int depth;
    pattern_match *match;
} matcher;

static const char *match_here(matcher *m, const char *s, const char *p);

static void step(matcher *m) {
    m->steps += 1;
    if (m->steps > m->limit) sandbox_exhaust(m->L);
}

// MARK: Single characters

/// Where the item at `p` ends: one character, an escaped one, or a set.
static const char *item_end(matcher *m, const char *p) {
    char first = *p++;
    if (first == ESCAPE) {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 1;
    }
    if (first != '[') return p;
    if (p < m->pattern_end && *p == '^') p++;
    // The first character of a set is part of it, also a bracket.
    do {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == ESCAPE && p < m->pattern_end) p++;
    } while (p == m->pattern_end || *p != ']');
    return p + 1;
}

static int is_in_class(int c, int letter) {
    int result;
    switch (tolower(letter)) {
        case 'a': result = isalpha(c); break;
        case 'c': result = iscntrl(c); break;
        case 'd': result = isdigit(c); break;
        case 'g': result = isgraph(c); break;
        case 'l': result = islower(c); break;
        case 'p': result = ispunct(c); break;
        case 's': result = isspace(c); break;
        case 'u': result = isupper(c); break;
        case 'w': result = isalnum(c); break;
        case 'x': result = isxdigit(c); break;
        default: return letter == c;
    }
    return isupper(letter) ? !result : result;
}

/// `p` is at the opening bracket and `last` at the closing one.
static int is_in_set(int c, const char *p, const char *last) {
    int found = 1;
    p++;
    if (*p == '^') {
        found = 0;
        p++;
    }
    for (; p < last; p++) {
        if (*p == ESCAPE) {
            p++;
            if (is_in_class(c, (unsigned char)*p)) return found;
        } else if (p + 2 < last && p[1] == '-') {
            if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2]) return found;
            p += 2;
        } else if ((unsigned char)*p == c) {
            return found;
        }
    }
    return !found;
}

static int matches_item(matcher *m, const char *s, const char *p, const char *end) {
    if (s >= m->subject_end) return 0;
    int c = (unsigned char)*s;
    step(m);
    switch (*p) {
        case '.': return 1;
        case ESCAPE: return is_in_class(c, (unsigned char)p[1]);
        case '[': return is_in_set(c, p, end - 1);
        default: return (unsigned char)*p == c;
    }
}

// MARK: Repetitions

static const char *match_most(matcher *m, const char *s, const char *p, const char *end) {
    ptrdiff_t count = 0;
    while (matches_item(m, s + count, p, end)) count++;
    for (; count >= 0; count--) {
        const char *result = match_here(m, s + count, end + 1);
        if (result != NULL) return result;
    }
    return NULL;
}

static const char *match_fewest(matcher *m, const char *s, const char *p, const char *end) {
    for (;; s++) {
        const char *result = match_here(m, s, end + 1);
        if (result != NULL) return result;
        if (!matches_item(m, s, p, end)) return NULL;
    }
}

// MARK: Captures

static const char *open_capture(matcher *m, const char *s, const char *p, ptrdiff_t length) {
    pattern_match *match = m->match;
    if (match->captures >= MOST_CAPTURES) luaL_error(m->L, "too many captures");
    match->capture[match->captures].start = s;
    match->capture[match->captures].length = length;
    match->captures += 1;
    const char *result = match_here(m, s, p);
    if (result == NULL) match->captures -= 1;
    return result;
}

static const char *close_capture(matcher *m, const char *s, const char *p) {
    int index = m->match->captures - 1;
    while (index >= 0 && m->match->capture[index].length != IS_OPEN) index--;
    if (index < 0) luaL_error(m->L, "invalid pattern capture");
    m->match->capture[index].length = s - m->match->capture[index].start;
    const char *result = match_here(m, s, p + 1);
    if (result == NULL) m->match->capture[index].length = IS_OPEN;
    return result;
}

/// `%1`: what an earlier capture holds, again. Answers where it ends, or NULL.
static const char *match_again(matcher *m, const char *s, int digit) {
    int index = digit - '1';
    if (index < 0 || index >= m->match->captures || m->match->capture[index].length < 0) {
        luaL_error(m->L, "invalid capture index %%%d in the pattern", index + 1);
    }
    size_t length = (size_t)m->match->capture[index].length;
    m->steps += length / 16;
    step(m);
    if ((size_t)(m->subject_end - s) < length || memcmp(m->match->capture[index].start, s, length) != 0) return NULL;
    return s + length;
}

/// `%bxy`: from `x` to the `y` that balances it. Answers where it ends, or NULL.
static const char *match_balanced(matcher *m, const char *s, const char *p) {
    if (m->pattern_end - p < 2) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->subject_end || *s != p[0]) return NULL;
    int open = 1;
    while (++s < m->subject_end) {
        step(m);
        if (*s == p[1]) {
            if (--open == 0) return s + 1;
        } else if (*s == p[0]) {
            open++;
        }
    }
    return NULL;
}

/// `%f[set]`: between a character outside of the set and one inside.
static int is_frontier(matcher *m, const char *s, const char *p, const char *end) {
    int before = s == m->subject ? 0 : (unsigned char)s[-1];
    int after = s < m->subject_end ? (unsigned char)*s : 0;
    return !is_in_set(before, p, end - 1) && is_in_set(after, p, end - 1);
}

// MARK: The pattern as a whole

/// Items that begin with `%` and are more than a character. Answers whether the item was one of them; then `*s` is NULL or behind it.
static int match_special(matcher *m, const char **s, const char **p) {
    if (m->pattern_end - *p < 2) return 0;
    char kind = (*p)[1];
    if (kind == 'b') {
        *s = match_balanced(m, *s, *p + 2);
        *p += 4;
    } else if (kind == 'f') {
        const char *set = *p + 2;
        if (set == m->pattern_end || *set != '[') luaL_error(m->L, "missing '[' after '%%f' in the pattern");
        const char *end = item_end(m, set);
        if (!is_frontier(m, *s, set, end)) *s = NULL;
        *p = end;
    } else if (isdigit((unsigned char)kind)) {
        *s = match_again(m, *s, kind);
        *p += 2;
    } else {
        return 0;
    }
    return 1;
}

static const char *match_item(matcher *m, const char **s, const char **p, int *is_final) {
    const char *end = item_end(m, *p);
    char suffix = end < m->pattern_end ? *end : '\0';
    *is_final = 1;
    if (suffix == '*') return match_most(m, *s, *p, end);
    if (suffix == '-') return match_fewest(m, *s, *p, end);
    int matches = matches_item(m, *s, *p, end);
    if (suffix == '+') return matches ? match_most(m, *s + 1, *p, end) : NULL;
    if (suffix == '?') {
        if (matches) {
            const char *result = match_here(m, *s + 1, end + 1);
            if (result != NULL) return result;
        }
        *p = end + 1;
        *is_final = 0;
        return *s;
    }
    if (!matches) return NULL;
    *s += 1;
    *p = end;
    *is_final = 0;
    return *s;
}

/// Matches the pattern from `p` on at `s`; answers where it ends, or NULL.
static const char *match_here(matcher *m, const char *s, const char *p) {
    if (++m->depth > DEEPEST) luaL_error(m->L, "pattern too complex");
    const char *result = s;
    int is_final = 0;
    while (!is_final && result != NULL) {
        step(m);
        if (p == m->pattern_end) {
            is_final = 1;
        } else if (*p == '(') {
            int is_position = p + 1 < m->pattern_end && p[1] == ')';
            result = open_capture(m, s, p + (is_position ? 2 : 1), is_position ? IS_POSITION : IS_OPEN);
            is_final = 1;
        } else if (*p == ')') {
            result = close_capture(m, s, p);
            is_final = 1;
        } else if (*p == '$' && p + 1 == m->pattern_end) {
            result = s == m->subject_end ? s : NULL;
            is_final = 1;
        } else if (*p == ESCAPE && match_special(m, &s, &p)) {
            result = s;
        } else {
            result = match_item(m, &s, &p, &is_final);
        }
    }
    m->depth--;
    return result;
}

int pattern_find(
    lua_State *L, sandbox_text subject, sandbox_text pattern, const char *start, int is_anchored, pattern_match *match) {
    lua_sandbox *box = sandbox_of(L);
    if (subject.count > box->limits.subject) luaL_error(L, "the text is too long for patterns");
    matcher m = {
        L, subject.bytes, subject.bytes + subject.count, pattern.bytes + pattern.count, 0, box->limits.pattern_steps, 0, match};
    const char *end = NULL;
    for (const char *s = start; s <= m.subject_end && end == NULL; s++) {
        match->captures = 0;
        match->start = s;
        end = match_here(&m, s, pattern.bytes);
        if (is_anchored) break;
    }
    sandbox_spend(L, m.steps / 4);
    if (end == NULL) return 0;
    for (int index = 0; index < match->captures; index++) {
        if (match->capture[index].length == IS_OPEN) luaL_error(L, "unfinished capture");
    }
    match->end = end;
    return 1;
}
