#include "sandbox.h"

#include <lualib.h>
#include <math.h>
#include <string.h>

// MARK: Errors

/// Calls a function and catches its errors, but not those that end the call of the whole script.
static int protected_call(lua_State *L) {
    luaL_checkany(L, 1);
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    lua_sandbox *box = sandbox_of(L);
    if (box->stop != SANDBOX_DONE) return sandbox_raise_stop(L);
    if (status == LUA_ERRMEM || status == LUA_ERRERR) return sandbox_exhaust(L);
    lua_pushboolean(L, status == LUA_OK);
    lua_insert(L, 1);
    return lua_gettop(L);
}

/// As `pcall`, with a function that gets the error. It is called when the error has left the function: a handler at the place of the error
/// would run without the counting that was just at work.
static int protected_call_with_handler(lua_State *L) {
    luaL_checktype(L, 2, LUA_TFUNCTION);
    int arguments = lua_gettop(L) - 2;
    lua_pushvalue(L, 1);
    lua_insert(L, 3);
    int status = lua_pcall(L, arguments, LUA_MULTRET, 0);
    lua_sandbox *box = sandbox_of(L);
    if (box->stop != SANDBOX_DONE) return sandbox_raise_stop(L);
    if (status == LUA_ERRMEM || status == LUA_ERRERR) return sandbox_exhaust(L);
    if (status != LUA_OK) {
        lua_pushvalue(L, 2);
        lua_insert(L, -2);
        lua_call(L, 1, 1);
    }
    lua_pushboolean(L, status == LUA_OK);
    lua_replace(L, 2);
    return lua_gettop(L) - 1;
}

static int refuse(lua_State *L) {
    lua_sandbox *box = sandbox_of(L);
    lua_Integer status = luaL_checkinteger(L, 1);
    size_t count;
    const char *message = luaL_optlstring(L, 2, "", &count);
    luaL_argcheck(L, status >= 400 && status <= 599, 1, "a status from 400 to 599 is expected");
    luaL_argcheck(L, box->host != NULL, 1, "there is no message to refuse while the script is loaded");
    sandbox_note(box, message, count);
    box->status = (int32_t)status;
    box->stop = SANDBOX_REFUSED;
    return sandbox_raise_stop(L);
}

static int log_message(lua_State *L) {
    lua_sandbox *box = sandbox_of(L);
    size_t count;
    const char *message = luaL_checklstring(L, 1, &count);
    sandbox_spend(L, 100 + count);
    if (box->host != NULL) box->host->log(box->host->context, (sandbox_text){message, count});
    return 0;
}

/// As Lua's own, but without addresses of memory.
static int text_of(lua_State *L) {
    luaL_checkany(L, 1);
    int type = lua_type(L, 1);
    if (type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TBOOLEAN || type == LUA_TNIL) {
        luaL_tolstring(L, 1, NULL);
    } else {
        lua_pushstring(L, lua_typename(L, type));
    }
    return 1;
}

// MARK: Library functions that take their time

/// What one of the library's functions costs before it is called.
enum cost { COST_TABLE = 1, COST_SORT, COST_TEXT };

static uint64_t cost_of(lua_State *L, enum cost cost) {
    uint64_t size = lua_type(L, 1) == LUA_TTABLE || lua_type(L, 1) == LUA_TSTRING ? lua_rawlen(L, 1) : 0;
    switch (cost) {
        case COST_SORT: return size == 0 ? 0 : size * (uint64_t)(ilogb((double)size) + 1) * 4;
        case COST_TABLE: return size;
        case COST_TEXT: return size / 8;
    }
    return 0;
}

/// Calls the function in upvalue 1 after it has been paid for.
static int paid_call(lua_State *L) {
    sandbox_spend(L, cost_of(L, (enum cost)lua_tointeger(L, lua_upvalueindex(2))));
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/// Copies functions of the library at `library` into the table on top of the stack.
static void copy(lua_State *L, int library, const char *const *names, int cost) {
    for (; *names != NULL; names++) {
        lua_getfield(L, library, *names);
        if (cost != 0) {
            lua_pushinteger(L, cost);
            lua_pushcclosure(L, paid_call, 2);
        }
        lua_setfield(L, -2, *names);
    }
}

static const char *const base_names[] = {"assert", "error", "ipairs", "next", "pairs", "select", "type", NULL};
static const char *const base_text_names[] = {"tonumber", NULL};
static const char *const table_names[] = {"concat", "insert", "remove", "unpack", NULL};
static const char *const sort_names[] = {"sort", NULL};
static const char *const math_names[] = {
    "abs", "ceil", "cos", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "random", "sin",
    "sqrt", "tan", "tointeger", "type", "ult", NULL};
static const char *const utf8_names[] = {"char", "charpattern", NULL};
static const char *const utf8_text_names[] = {"codepoint", "codes", "len", "offset", NULL};

// MARK: Tables that cannot be changed

static int refuse_change(lua_State *L) { return luaL_error(L, "this table cannot be changed"); }

void sandbox_protect(lua_State *L) {
    lua_newtable(L);
    lua_newtable(L);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_change);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

/// Opens one of Lua's libraries and leaves its table on the stack; no global variable is set.
static void open_library(lua_State *L, lua_CFunction open, const char *name) {
    lua_pushcfunction(L, open);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
}

static void add_library(
    lua_State *L, lua_CFunction open, const char *name, const char *const *names, const char *const *dear_names, int cost) {
    open_library(L, open, name);
    lua_newtable(L);
    copy(L, lua_gettop(L) - 1, names, 0);
    copy(L, lua_gettop(L) - 1, dear_names, cost);
    sandbox_protect(L);
    lua_remove(L, -2);
    lua_setfield(L, -2, name);
}

static void add_tables(lua_State *L) {
    open_library(L, luaopen_table, "table");
    lua_newtable(L);
    copy(L, lua_gettop(L) - 1, table_names, COST_TABLE);
    copy(L, lua_gettop(L) - 1, sort_names, COST_SORT);
    sandbox_protect(L);
    lua_remove(L, -2);
    lua_setfield(L, -2, "table");
}

static const luaL_Reg own_functions[] = {
    {"pcall", protected_call}, {"xpcall", protected_call_with_handler}, {"refuse", refuse},
    {"log", log_message},      {"tostring", text_of},                   {NULL, NULL}};

void sandbox_push_environment(lua_State *L) {
    // The library of basic functions fills Lua's table of globals, which scripts never see.
    open_library(L, luaopen_base, "_G");
    lua_newtable(L);
    copy(L, lua_gettop(L) - 1, base_names, 0);
    copy(L, lua_gettop(L) - 1, base_text_names, COST_TEXT);
    luaL_setfuncs(L, own_functions, 0);
    add_tables(L);
    add_library(L, luaopen_math, "math", math_names, (const char *const[]){NULL}, 0);
    add_library(L, luaopen_utf8, "utf8", utf8_names, utf8_text_names, COST_TEXT);
    sandbox_push_strings(L);
    lua_setfield(L, -2, "string");
    sandbox_push_json(L);
    lua_setfield(L, -2, "json");
    sandbox_add_objects(L);
    lua_remove(L, -2);
}
