#include "sandbox.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/// Instructions between two looks at the budget.
enum { STEP = 250 };
/// Allocations of a call that may be denied before the call ends.
enum { DENIALS = 2 };
/// Making or copying so many bytes costs as much as an instruction.
enum { BYTES_PER_INSTRUCTION = 64 };
/// From this size on the clock is looked at for each block: few of them can take longer than many instructions.
enum { LARGE = 32 * 1024 };

// MARK: Budgets

static int64_t processor_time(void) {
    struct timespec now;
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) return 0;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void *deny(lua_sandbox *box) {
    box->denials += 1;
    if (box->denials > DENIALS && box->stop == SANDBOX_DONE) box->stop = SANDBOX_EXHAUSTED;
    return NULL;
}

static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
    lua_sandbox *box = context;
    // For new blocks Lua passes the kind of the object in the place of the size.
    if (block == NULL) old_size = 0;
    if (new_size == 0) {
        free(block);
        box->used -= old_size;
        return NULL;
    }
    if (new_size > old_size) {
        box->spent += new_size / BYTES_PER_INSTRUCTION;
        int is_spent = box->spent > box->limits.instructions || (new_size >= LARGE && processor_time() > box->processor_end);
        if (is_spent && box->stop == SANDBOX_DONE) box->stop = SANDBOX_EXHAUSTED;
        if (box->stop == SANDBOX_EXHAUSTED || new_size - old_size > box->limits.memory - box->used) return deny(box);
    }
    void *moved = realloc(block, new_size);
    if (moved == NULL) return deny(box);
    box->used = box->used - old_size + new_size;
    return moved;
}

int sandbox_raise_stop(lua_State *L) {
    // Pushing this takes no memory, so it cannot fail.
    lua_pushlightuserdata(L, sandbox_of(L));
    return lua_error(L);
}

int sandbox_exhaust(lua_State *L) {
    sandbox_of(L)->stop = SANDBOX_EXHAUSTED;
    return sandbox_raise_stop(L);
}

void sandbox_spend(lua_State *L, uint64_t amount) {
    lua_sandbox *box = sandbox_of(L);
    box->spent += amount;
    if (box->spent > box->limits.instructions) sandbox_exhaust(L);
}

static void count(lua_State *L, lua_Debug *activation) {
    (void)activation;
    sandbox_spend(L, STEP);
    if (processor_time() > sandbox_of(L)->processor_end) sandbox_exhaust(L);
}

// MARK: Calls

void sandbox_note(lua_sandbox *box, const char *bytes, size_t count) {
    if (count > sizeof box->message) count = sizeof box->message;
    memcpy(box->message, bytes, count);
    box->message_count = count;
}

static sandbox_result result(lua_sandbox *box, sandbox_outcome outcome) {
    return (sandbox_result){outcome, box->status, {box->message, box->message_count}};
}

static void begin(lua_sandbox *box, const sandbox_host *host) {
    box->host = host;
    box->denials = 0;
    box->spent = 0;
    box->stop = SANDBOX_DONE;
    box->status = 0;
    box->message_count = 0;
    box->processor_end = processor_time() + box->limits.processor_time;
    lua_settop(box->state, 0);
}

/// Runs a function of ours with what it finds at `argument`, and tells how it went.
static sandbox_result run(lua_sandbox *box, lua_CFunction function, void *argument) {
    lua_State *L = box->state;
    lua_sethook(L, count, LUA_MASKCOUNT, STEP);
    lua_pushcfunction(L, function);
    lua_pushlightuserdata(L, argument);
    int status = lua_pcall(L, 1, 0, 0);
    box->host = NULL;
    if (box->stop == SANDBOX_REFUSED || box->stop == SANDBOX_ABSENT) return result(box, box->stop);
    if (box->stop == SANDBOX_EXHAUSTED || status == LUA_ERRMEM || status == LUA_ERRERR) return result(box, SANDBOX_EXHAUSTED);
    if (status == LUA_OK) return result(box, SANDBOX_DONE);
    if (lua_type(L, -1) == LUA_TSTRING) {
        size_t count;
        const char *text = lua_tolstring(L, -1, &count);
        sandbox_note(box, text, count);
    } else {
        const char *text = "the script raised an error that is no text";
        sandbox_note(box, text, strlen(text));
    }
    lua_settop(L, 0);
    return result(box, SANDBOX_FAILED);
}

// MARK: Life

static int prepare(lua_State *L) {
    sandbox_push_environment(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, sandbox_of(L));
    return 0;
}

lua_sandbox *sandbox_create(sandbox_limits limits) {
    lua_sandbox *box = calloc(1, sizeof *box);
    if (box == NULL) return NULL;
    box->limits = limits;
    box->state = lua_newstate(allocate, box);
    if (box->state == NULL) {
        free(box);
        return NULL;
    }
    *(lua_sandbox **)lua_getextraspace(box->state) = box;
    begin(box, NULL);
    if (run(box, prepare, NULL).outcome != SANDBOX_DONE) {
        sandbox_destroy(box);
        return NULL;
    }
    return box;
}

void sandbox_destroy(lua_sandbox *box) {
    lua_close(box->state);
    free(box);
}

size_t sandbox_memory(const lua_sandbox *box) { return box->used; }

// MARK: Scripts

struct load_arguments {
    sandbox_text name, source;
};

/// Sets a global variable of a script: upvalue 1 is the table that holds them. Only while the script is loaded; later it would carry data
/// from one message to another.
static int set_global(lua_State *L) {
    if (!sandbox_of(L)->is_loading) {
        return luaL_error(L, "global variables cannot be set while a message is handled; declare it local");
    }
    lua_settop(L, 3);
    lua_rawset(L, lua_upvalueindex(1));
    return 0;
}

/// Pushes the table of a script's globals, and on top of it what the script sees in its place.
static void push_globals(lua_State *L) {
    lua_newtable(L);
    lua_newtable(L);
    lua_rawgetp(L, LUA_REGISTRYINDEX, sandbox_of(L));
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_newtable(L);
    lua_newtable(L);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, set_global, 1);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}

static int load(lua_State *L) {
    struct load_arguments *arguments = lua_touserdata(L, 1);
    lua_sandbox *box = sandbox_of(L);
    lua_pushlstring(L, arguments->name.bytes, arguments->name.count);
    // Text only: code that was not made by the compiler can break the interpreter.
    int status = luaL_loadbufferx(L, arguments->source.bytes, arguments->source.count, lua_tostring(L, -1), "t");
    if (status != LUA_OK) return lua_error(L);
    push_globals(L);
    lua_setupvalue(L, -3, 1);
    lua_insert(L, -2);
    lua_call(L, 0, 0);
    box->status = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

sandbox_result sandbox_load(lua_sandbox *box, sandbox_text name, sandbox_text source) {
    struct load_arguments arguments = {name, source};
    begin(box, NULL);
    box->is_loading = 1;
    sandbox_result loaded = run(box, load, &arguments);
    box->is_loading = 0;
    return loaded;
}

struct call_arguments {
    int32_t script;
    const char *function;
};

/// Pushes a function of a script; where there is none, notes that and answers 0.
static int push_function(lua_State *L) {
    struct call_arguments *arguments = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, arguments->script);
    // A plain look-up: `request` as a function would be found behind the globals otherwise.
    lua_pushstring(L, arguments->function);
    lua_rawget(L, -2);
    if (lua_isfunction(L, -1)) return 1;
    sandbox_of(L)->stop = SANDBOX_ABSENT;
    return 0;
}

static int look_up(lua_State *L) {
    push_function(L);
    return 0;
}

int32_t sandbox_defines(lua_sandbox *box, int32_t script, const char *function) {
    struct call_arguments arguments = {script, function};
    begin(box, NULL);
    return run(box, look_up, &arguments).outcome == SANDBOX_DONE;
}

static int call(lua_State *L) {
    lua_sandbox *box = sandbox_of(L);
    if (!push_function(L)) return 0;
    lua_call(L, 0, 0);
    // What one message leaves behind must not slow down the next ones.
    if (box->used > box->limits.memory / 2) lua_gc(L, LUA_GCCOLLECT);
    return 0;
}

sandbox_result sandbox_call(lua_sandbox *box, int32_t script, const char *function, const sandbox_host *host) {
    struct call_arguments arguments = {script, function};
    begin(box, host);
    return run(box, call, &arguments);
}
