/// The tables behind which the host stands.
#include "sandbox.h"

#include <string.h>

static const sandbox_host *host_of(lua_State *L) {
    const sandbox_host *host = sandbox_of(L)->host;
    if (host == NULL) luaL_error(L, "there is no message while the script is loaded");
    return host;
}

static int is_status(sandbox_object object, sandbox_text key) {
    return object == SANDBOX_RESPONSE && key.count == 6 && memcmp(key.bytes, "status", 6) == 0;
}

/// Upvalues: the object's number, and a table of its inner objects.
static int get_member(lua_State *L) {
    sandbox_object object = (sandbox_object)lua_tointeger(L, lua_upvalueindex(1));
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) return 1;
    const sandbox_host *host = host_of(L);
    sandbox_text key;
    key.bytes = lua_tolstring(L, 2, &key.count);
    sandbox_text value = host->get(host->context, object, key);
    sandbox_spend(L, 50 + value.count / 16);
    if (value.bytes == NULL) return 0;
    lua_pushlstring(L, value.bytes, value.count);
    if (is_status(object, key)) lua_pushinteger(L, lua_tointeger(L, -1));
    return 1;
}

static int set_member(lua_State *L) {
    sandbox_object object = (sandbox_object)lua_tointeger(L, lua_upvalueindex(1));
    sandbox_text key = {NULL, 0}, value = {NULL, 0};
    key.bytes = luaL_checklstring(L, 2, &key.count);
    int type = lua_type(L, 3);
    if (type == LUA_TSTRING || type == LUA_TNUMBER) {
        value.bytes = lua_tolstring(L, 3, &value.count);
    } else if (type != LUA_TNIL) {
        return luaL_error(L, "'%s' must be a text or a number, not a %s", key.bytes, lua_typename(L, type));
    }
    const sandbox_host *host = host_of(L);
    sandbox_spend(L, 50 + value.count / 16);
    if (!host->set(host->context, object, key, value)) return luaL_error(L, "'%s' cannot be set to this value here", key.bytes);
    return 0;
}

/// The iterator of `pairs`: upvalues are the object's number and the position.
static int next_member(lua_State *L) {
    sandbox_object object = (sandbox_object)lua_tointeger(L, lua_upvalueindex(1));
    lua_Integer position = lua_tointeger(L, lua_upvalueindex(2));
    const sandbox_host *host = host_of(L);
    sandbox_text name = host->name(host->context, object, position);
    sandbox_spend(L, 50 + name.count / 16);
    if (name.bytes == NULL) return 0;
    lua_pushinteger(L, position + 1);
    lua_replace(L, lua_upvalueindex(2));
    lua_pushlstring(L, name.bytes, name.count);
    sandbox_text key;
    key.bytes = lua_tolstring(L, -1, &key.count);
    sandbox_text value = host->get(host->context, object, key);
    sandbox_spend(L, 50 + value.count / 16);
    if (value.bytes == NULL) return 1;
    lua_pushlstring(L, value.bytes, value.count);
    return 2;
}

static int pairs_of_members(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_member, 2);
    return 1;
}

/// Pushes an object; the table of its inner objects is on top of the stack and taken from it.
static void push_object(lua_State *L, sandbox_object object) {
    lua_newtable(L);
    lua_newtable(L);
    lua_pushinteger(L, object);
    lua_pushvalue(L, -4);
    lua_pushcclosure(L, get_member, 2);
    lua_setfield(L, -2, "__index");
    lua_pushinteger(L, object);
    lua_pushcclosure(L, set_member, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushinteger(L, object);
    lua_pushcclosure(L, pairs_of_members, 1);
    lua_setfield(L, -2, "__pairs");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

static void add_inner(lua_State *L, sandbox_object object, const char *name) {
    lua_newtable(L);
    push_object(L, object);
    lua_setfield(L, -2, name);
}

void sandbox_add_objects(lua_State *L) {
    lua_newtable(L);
    add_inner(L, SANDBOX_REQUEST_HEADERS, "headers");
    add_inner(L, SANDBOX_REQUEST_QUERY, "query");
    push_object(L, SANDBOX_REQUEST);
    lua_setfield(L, -2, "request");
    lua_newtable(L);
    add_inner(L, SANDBOX_RESPONSE_HEADERS, "headers");
    push_object(L, SANDBOX_RESPONSE);
    lua_setfield(L, -2, "response");
    lua_newtable(L);
    push_object(L, SANDBOX_CONTEXT);
    lua_setfield(L, -2, "context");
    lua_newtable(L);
    push_object(L, SANDBOX_PARAMETERS);
    lua_setfield(L, -2, "parameters");
}
