#define _GNU_SOURCE
#include "sandbox.h"

#include <ctype.h>
#include <lualib.h>
#include <string.h>

static sandbox_text check_text(lua_State *L, int index) {
    sandbox_text text;
    text.bytes = luaL_checklstring(L, index, &text.count);
    return text;
}

// MARK: Captures

/// Pushes a capture, or the whole match where the pattern has none.
static void push_capture(lua_State *L, sandbox_text subject, const pattern_match *match, int index) {
    if (index >= match->captures) {
        if (index != 0) luaL_error(L, "invalid capture index %%%d", index + 1);
        lua_pushlstring(L, match->start, (size_t)(match->end - match->start));
    } else if (match->capture[index].length < 0) {
        lua_pushinteger(L, match->capture[index].start - subject.bytes + 1);
    } else {
        lua_pushlstring(L, match->capture[index].start, (size_t)match->capture[index].length);
    }
}

static int push_captures(lua_State *L, sandbox_text subject, const pattern_match *match, int with_whole) {
    int count = match->captures == 0 && with_whole ? 1 : match->captures;
    luaL_checkstack(L, count, "too many captures");
    for (int index = 0; index < count; index++) push_capture(L, subject, match, index);
    return count;
}

// MARK: Finding

/// Where to begin, from an argument that counts from 1, or from the end where it is negative; NULL behind the end.
static const char *start_of(lua_State *L, int index, sandbox_text subject) {
    lua_Integer position = luaL_optinteger(L, index, 1);
    if (position < 0) position += (lua_Integer)subject.count + 1;
    if (position < 1) position = 1;
    return position > (lua_Integer)subject.count + 1 ? NULL : subject.bytes + position - 1;
}

static int is_plain(sandbox_text pattern) {
    for (size_t index = 0; index < pattern.count; index++) {
        if (pattern.bytes[index] != '\0' && strchr("^$*+?.([%-", pattern.bytes[index]) != NULL) return 0;
    }
    return 1;
}

static int find_plain(lua_State *L, sandbox_text subject, sandbox_text pattern, const char *start) {
    size_t rest = (size_t)(subject.bytes + subject.count - start);
    sandbox_spend(L, rest / 16);
    const char *found = memmem(start, rest, pattern.bytes, pattern.count);
    if (found == NULL) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, found - subject.bytes + 1);
    lua_pushinteger(L, found - subject.bytes + (lua_Integer)pattern.count);
    return 2;
}

/// A pattern without the mark that ties it to the place where the search starts.
static int take_anchor(sandbox_text *pattern) {
    if (pattern->count == 0 || pattern->bytes[0] != '^') return 0;
    pattern->bytes += 1;
    pattern->count -= 1;
    return 1;
}

static int find_or_match(lua_State *L, int is_find) {
    sandbox_text subject = check_text(L, 1), pattern = check_text(L, 2);
    const char *start = start_of(L, 3, subject);
    if (start == NULL) {
        lua_pushnil(L);
        return 1;
    }
    if (is_find && (lua_toboolean(L, 4) || is_plain(pattern))) return find_plain(L, subject, pattern, start);
    int is_anchored = take_anchor(&pattern);
    pattern_match match;
    if (!pattern_find(L, subject, pattern, start, is_anchored, &match)) {
        lua_pushnil(L);
        return 1;
    }
    if (!is_find) return push_captures(L, subject, &match, 1);
    lua_pushinteger(L, match.start - subject.bytes + 1);
    lua_pushinteger(L, match.end - subject.bytes);
    return 2 + push_captures(L, subject, &match, 0);
}

static int find(lua_State *L) { return find_or_match(L, 1); }
static int match(lua_State *L) { return find_or_match(L, 0); }

/// The iterator of `gmatch`: upvalues are text, pattern, where to go on, and where the last match ended.
static int next_match(lua_State *L) {
    sandbox_text subject = check_text(L, lua_upvalueindex(1)), pattern = check_text(L, lua_upvalueindex(2));
    size_t position = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last_end = lua_tointeger(L, lua_upvalueindex(4));
    for (; position <= subject.count; position++) {
        pattern_match match;
        if (!pattern_find(L, subject, pattern, subject.bytes + position, 0, &match)) return 0;
        position = (size_t)(match.start - subject.bytes);
        // An empty match right behind the last one is none.
        if (match.end - subject.bytes == last_end) continue;
        lua_pushinteger(L, match.end - subject.bytes);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(L, subject, &match, 1);
    }
    return 0;
}

static int gmatch(lua_State *L) {
    sandbox_text subject = check_text(L, 1);
    check_text(L, 2);
    const char *start = start_of(L, 3, subject);
    lua_settop(L, 2);
    lua_pushinteger(L, start == NULL ? (lua_Integer)subject.count + 1 : start - subject.bytes);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

// MARK: Replacing

/// Adds a replacement text, with `%1` and the like filled in.
static void add_template(lua_State *L, luaL_Buffer *output, sandbox_text subject, const pattern_match *match) {
    size_t count;
    const char *text = lua_tolstring(L, 3, &count);
    for (size_t index = 0; index < count; index++) {
        if (text[index] != '%') {
            luaL_addchar(output, text[index]);
            continue;
        }
        char next = ++index < count ? text[index] : '\0';
        if (next == '%') {
            luaL_addchar(output, '%');
        } else if (next == '0') {
            luaL_addlstring(output, match->start, (size_t)(match->end - match->start));
        } else if (isdigit((unsigned char)next)) {
            push_capture(L, subject, match, next - '1');
            luaL_tolstring(L, -1, NULL);
            lua_remove(L, -2);
            luaL_addvalue(output);
        } else {
            luaL_error(L, "invalid use of '%%' in the replacement");
        }
    }
}

/// Adds what stands for a match: of a text, a table or a function in argument 3.
static void add_replacement(lua_State *L, luaL_Buffer *output, sandbox_text subject, const pattern_match *match) {
    int type = lua_type(L, 3);
    if (type == LUA_TNUMBER || type == LUA_TSTRING) {
        add_template(L, output, subject, match);
        return;
    }
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, push_captures(L, subject, match, 1), 1);
    } else {
        push_capture(L, subject, match, 0);
        lua_gettable(L, 3);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        lua_pushlstring(L, match->start, (size_t)(match->end - match->start));
    } else if (!lua_isstring(L, -1)) {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
    luaL_addvalue(output);
}

static int gsub(lua_State *L) {
    sandbox_text subject = check_text(L, 1), pattern = check_text(L, 2);
    int type = lua_type(L, 3);
    luaL_argexpected(
        L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
        "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)subject.count + 1);
    int is_anchored = take_anchor(&pattern);
    const char *position = subject.bytes, *end = subject.bytes + subject.count, *last_end = NULL;
    lua_Integer count = 0;
    luaL_Buffer output;
    luaL_buffinit(L, &output);
    pattern_match match;
    while (count < most && position <= end && pattern_find(L, subject, pattern, position, is_anchored, &match)) {
        luaL_addlstring(&output, position, (size_t)(match.start - position));
        position = match.start;
        if (match.end != last_end) {
            count++;
            add_replacement(L, &output, subject, &match);
            position = last_end = match.end;
        } else if (position < end) {
            luaL_addchar(&output, *position++);
        } else {
            break;
        }
        if (is_anchored) break;
    }
    luaL_addlstring(&output, position, (size_t)(end - position));
    luaL_pushresult(&output);
    lua_pushinteger(L, count);
    return 2;
}

// MARK: The other functions

/// Lua's own runs through all repetitions of an empty text.
static int repeat(lua_State *L) {
    sandbox_text text = check_text(L, 1);
    lua_Integer times = luaL_checkinteger(L, 2);
    sandbox_text separator;
    separator.bytes = luaL_optlstring(L, 3, "", &separator.count);
    size_t unit = text.count + separator.count;
    if (times <= 0 || unit == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    size_t limit = sandbox_of(L)->limits.memory;
    if (unit > limit || (uint64_t)times > limit / unit) return sandbox_exhaust(L);
    sandbox_spend(L, (uint64_t)times / 4);
    luaL_Buffer output;
    luaL_buffinitsize(L, &output, unit * (size_t)times);
    for (lua_Integer index = 0; index < times; index++) {
        if (index > 0) luaL_addlstring(&output, separator.bytes, separator.count);
        luaL_addlstring(&output, text.bytes, text.count);
    }
    luaL_pushresult(&output);
    return 1;
}

/// As Lua's own (upvalue 1), but without `%p`, which would tell addresses of memory.
static int format(lua_State *L) {
    sandbox_text text = check_text(L, 1);
    for (size_t index = 0; index + 1 < text.count; index++) {
        if (text.bytes[index] != '%') continue;
        index++;
        while (index < text.count && strchr("-+ #0123456789.", text.bytes[index]) != NULL && text.bytes[index] != '\0') index++;
        if (index < text.count && text.bytes[index] == 'p') return luaL_argerror(L, 1, "'%p' is not there");
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static const char *const names[] = {"byte", "char", "len", "lower", "reverse", "sub", "upper", NULL};
static const luaL_Reg own_functions[] = {{"find", find}, {"gmatch", gmatch}, {"gsub", gsub},
                                         {"match", match}, {"rep", repeat}, {NULL, NULL}};

void sandbox_push_strings(lua_State *L) {
    lua_pushcfunction(L, luaopen_string);
    lua_pushstring(L, "string");
    lua_call(L, 1, 1);
    lua_newtable(L);
    for (const char *const *name = names; *name != NULL; name++) {
        lua_getfield(L, -2, *name);
        lua_setfield(L, -2, *name);
    }
    lua_getfield(L, -2, "format");
    lua_pushcclosure(L, format, 1);
    lua_setfield(L, -2, "format");
    luaL_setfuncs(L, own_functions, 0);
    sandbox_protect(L);
    lua_remove(L, -2);
    // Opening the library gave texts a metatable whose methods are Lua's own functions.
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 2);
}
