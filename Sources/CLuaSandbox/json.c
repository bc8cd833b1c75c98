/// JSON (RFC 8259) for scripts. `json.null` stands for null, `json.empty_array` for an array without elements; an empty table is an object.
#include "sandbox.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEEPEST = 64 };
static char null_mark, empty_array_mark;

// MARK: Reading

typedef struct {
    lua_State *L;
    const char *position, *end, *start;
} reader;

static void read_value(reader *r, int depth);

static void fail(reader *r) { luaL_error(r->L, "no JSON from character %d on", (int)(r->position - r->start + 1)); }

static void skip_blanks(reader *r) {
    while (r->position < r->end && memchr(" \t\r\n", *r->position, 4) != NULL) r->position++;
}

static int take(reader *r, char expected) {
    skip_blanks(r);
    if (r->position >= r->end || *r->position != expected) return 0;
    r->position++;
    return 1;
}

static unsigned read_hexadecimal(reader *r) {
    unsigned number = 0;
    for (int count = 0; count < 4; count++) {
        static const char digits[] = "0123456789abcdef";
        int c = r->position < r->end ? *r->position : 0;
        if (c >= 'A' && c <= 'F') c += 'a' - 'A';
        const char *digit = c == 0 ? NULL : strchr(digits, c);
        if (digit == NULL) fail(r);
        number = number << 4 | (unsigned)(digit - digits);
        r->position++;
    }
    return number;
}

static void add_code_point(luaL_Buffer *output, unsigned code) {
    char bytes[4];
    int count = 0;
    if (code < 0x80) {
        bytes[count++] = (char)code;
    } else if (code < 0x800) {
        bytes[count++] = (char)(0xC0 | code >> 6);
        bytes[count++] = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        bytes[count++] = (char)(0xE0 | code >> 12);
        bytes[count++] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[count++] = (char)(0x80 | (code & 0x3F));
    } else {
        bytes[count++] = (char)(0xF0 | code >> 18);
        bytes[count++] = (char)(0x80 | (code >> 12 & 0x3F));
        bytes[count++] = (char)(0x80 | (code >> 6 & 0x3F));
        bytes[count++] = (char)(0x80 | (code & 0x3F));
    }
    luaL_addlstring(output, bytes, (size_t)count);
}

static void read_escape(reader *r, luaL_Buffer *output) {
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char c = r->position < r->end ? *r->position++ : '\0';
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    if (letter != NULL) {
        luaL_addchar(output, meanings[letter - letters]);
        return;
    }
    if (c != 'u') fail(r);
    unsigned code = read_hexadecimal(r);
    if (code >= 0xD800 && code < 0xDC00) {
        if (r->end - r->position < 6 || r->position[0] != '\\' || r->position[1] != 'u') fail(r);
        r->position += 2;
        unsigned low = read_hexadecimal(r);
        if (low < 0xDC00 || low > 0xDFFF) fail(r);
        code = 0x10000 + ((code - 0xD800) << 10 | (low - 0xDC00));
    } else if (code >= 0xDC00 && code <= 0xDFFF) {
        fail(r);
    }
    add_code_point(output, code);
}

/// The opening quote is read already.
static void read_text(reader *r) {
    luaL_Buffer output;
    luaL_buffinit(r->L, &output);
    for (;;) {
        const char *start = r->position;
        while (r->position < r->end && *r->position != '"' && *r->position != '\\' && (unsigned char)*r->position >= 0x20) {
            r->position++;
        }
        luaL_addlstring(&output, start, (size_t)(r->position - start));
        if (r->position >= r->end || (unsigned char)*r->position < 0x20) fail(r);
        if (*r->position++ == '"') break;
        read_escape(r, &output);
    }
    luaL_pushresult(&output);
}

static size_t count_digits(reader *r) {
    const char *start = r->position;
    while (r->position < r->end && *r->position >= '0' && *r->position <= '9') r->position++;
    return (size_t)(r->position - start);
}

static void read_number(reader *r) {
    const char *start = r->position;
    if (*r->position == '-') r->position++;
    int has_leading_zero = r->position < r->end && *r->position == '0';
    size_t digits = count_digits(r);
    if (digits == 0 || (has_leading_zero && digits > 1)) fail(r);
    if (r->position < r->end && *r->position == '.') {
        r->position++;
        if (count_digits(r) == 0) fail(r);
    }
    if (r->position < r->end && (*r->position == 'e' || *r->position == 'E')) {
        r->position++;
        if (r->position < r->end && (*r->position == '+' || *r->position == '-')) r->position++;
        if (count_digits(r) == 0) fail(r);
    }
    char copy[128];
    size_t count = (size_t)(r->position - start);
    if (count >= sizeof copy) fail(r);
    memcpy(copy, start, count);
    copy[count] = '\0';
    if (lua_stringtonumber(r->L, copy) == 0) fail(r);
}

static void read_word(reader *r, const char *word) {
    size_t count = strlen(word);
    if ((size_t)(r->end - r->position) < count || memcmp(r->position, word, count) != 0) fail(r);
    r->position += count;
}

static void read_array(reader *r, int depth) {
    if (take(r, ']')) {
        lua_pushlightuserdata(r->L, &empty_array_mark);
        return;
    }
    lua_newtable(r->L);
    lua_Integer index = 0;
    do {
        read_value(r, depth + 1);
        lua_rawseti(r->L, -2, ++index);
    } while (take(r, ','));
    if (!take(r, ']')) fail(r);
}

static void read_object(reader *r, int depth) {
    lua_newtable(r->L);
    if (take(r, '}')) return;
    do {
        if (!take(r, '"')) fail(r);
        read_text(r);
        if (!take(r, ':')) fail(r);
        read_value(r, depth + 1);
        lua_rawset(r->L, -3);
    } while (take(r, ','));
    if (!take(r, '}')) fail(r);
}

static void read_value(reader *r, int depth) {
    if (depth > DEEPEST) luaL_error(r->L, "the JSON is nested too deeply");
    luaL_checkstack(r->L, 8, "the JSON is nested too deeply");
    skip_blanks(r);
    switch (r->position < r->end ? *r->position : '\0') {
        case '{': r->position++; read_object(r, depth); break;
        case '[': r->position++; read_array(r, depth); break;
        case '"': r->position++; read_text(r); break;
        case 't': read_word(r, "true"); lua_pushboolean(r->L, 1); break;
        case 'f': read_word(r, "false"); lua_pushboolean(r->L, 0); break;
        case 'n': read_word(r, "null"); lua_pushlightuserdata(r->L, &null_mark); break;
        case '\0': fail(r); break;
        default: read_number(r);
    }
}

static int decode(lua_State *L) {
    size_t count;
    const char *text = luaL_checklstring(L, 1, &count);
    sandbox_spend(L, count / 4);
    reader r = {L, text, text + count, text};
    read_value(&r, 0);
    skip_blanks(&r);
    if (r.position != r.end) fail(&r);
    return 1;
}

// MARK: Writing

/// The text grows as a chain of pieces in a table, because a buffer of Lua's does not allow for work on the stack in between.
typedef struct {
    lua_State *L;
    int pieces;
    lua_Integer count;
} writer;

static void write_value(writer *w, int index, int depth);

/// Adds the text on top of the stack.
static void add_piece(writer *w) { lua_rawseti(w->L, w->pieces, ++w->count); }

static void add(writer *w, const char *text) {
    lua_pushstring(w->L, text);
    add_piece(w);
}

static void write_text(writer *w, int index) {
    size_t count;
    const char *text = lua_tolstring(w->L, index, &count);
    luaL_Buffer output;
    luaL_buffinit(w->L, &output);
    luaL_addchar(&output, '"');
    for (size_t position = 0; position < count; position++) {
        unsigned char c = (unsigned char)text[position];
        char escape[8];
        if (c == '"' || c == '\\') {
            snprintf(escape, sizeof escape, "\\%c", c);
            luaL_addstring(&output, escape);
        } else if (c < 0x20) {
            snprintf(escape, sizeof escape, "\\u%04x", c);
            luaL_addstring(&output, escape);
        } else {
            luaL_addchar(&output, (char)c);
        }
    }
    luaL_addchar(&output, '"');
    luaL_pushresult(&output);
    add_piece(w);
}

static void write_number(writer *w, int index) {
    char text[64];
    if (lua_isinteger(w->L, index)) {
        snprintf(text, sizeof text, LUA_INTEGER_FMT, lua_tointeger(w->L, index));
    } else {
        lua_Number number = lua_tonumber(w->L, index);
        if (!isfinite(number)) luaL_error(w->L, "JSON has no number for this value");
        snprintf(text, sizeof text, "%.17g", number);
    }
    add(w, text);
}

static void write_array(writer *w, int index, lua_Unsigned count, int depth) {
    add(w, "[");
    for (lua_Unsigned element = 1; element <= count; element++) {
        if (element > 1) add(w, ",");
        lua_rawgeti(w->L, index, (lua_Integer)element);
        write_value(w, lua_gettop(w->L), depth + 1);
        lua_pop(w->L, 1);
    }
    add(w, "]");
}

static void write_object(writer *w, int index, int depth) {
    int is_first = 1;
    add(w, "{");
    lua_pushnil(w->L);
    while (lua_next(w->L, index) != 0) {
        if (lua_type(w->L, -2) != LUA_TSTRING) luaL_error(w->L, "the members of a JSON object need texts as names");
        if (!is_first) add(w, ",");
        is_first = 0;
        write_text(w, lua_gettop(w->L) - 1);
        add(w, ":");
        write_value(w, lua_gettop(w->L), depth + 1);
        lua_pop(w->L, 1);
    }
    add(w, "}");
}

static void write_value(writer *w, int index, int depth) {
    if (depth > DEEPEST) luaL_error(w->L, "the value is nested too deeply for JSON");
    luaL_checkstack(w->L, 8, "the value is nested too deeply for JSON");
    sandbox_spend(w->L, 10);
    int type = lua_type(w->L, index);
    if (type == LUA_TSTRING) {
        write_text(w, index);
    } else if (type == LUA_TNUMBER) {
        write_number(w, index);
    } else if (type == LUA_TBOOLEAN) {
        add(w, lua_toboolean(w->L, index) ? "true" : "false");
    } else if (type == LUA_TNIL || (type == LUA_TLIGHTUSERDATA && lua_touserdata(w->L, index) == &null_mark)) {
        add(w, "null");
    } else if (type == LUA_TLIGHTUSERDATA && lua_touserdata(w->L, index) == &empty_array_mark) {
        add(w, "[]");
    } else if (type == LUA_TTABLE) {
        lua_Unsigned count = lua_rawlen(w->L, index);
        if (count > 0) write_array(w, index, count, depth); else write_object(w, index, depth);
    } else {
        luaL_error(w->L, "JSON has nothing for a %s", lua_typename(w->L, type));
    }
}

static int encode(lua_State *L) {
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    lua_newtable(L);
    writer w = {L, 2, 0};
    write_value(&w, 1, 0);
    luaL_Buffer output;
    luaL_buffinit(L, &output);
    for (lua_Integer piece = 1; piece <= w.count; piece++) {
        lua_rawgeti(L, w.pieces, piece);
        luaL_addvalue(&output);
    }
    luaL_pushresult(&output);
    return 1;
}

void sandbox_push_json(lua_State *L) {
    static const luaL_Reg functions[] = {{"decode", decode}, {"encode", encode}, {NULL, NULL}};
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    lua_pushlightuserdata(L, &null_mark);
    lua_setfield(L, -2, "null");
    lua_pushlightuserdata(L, &empty_array_mark);
    lua_setfield(L, -2, "empty_array");
    sandbox_protect(L);
}
