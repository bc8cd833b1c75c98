/// Runs Lua scripts of strangers on an event loop: with limits on time and memory, without files, network, other threads or the host's
/// data beyond what the callbacks hand out. Every error stays inside: no function here leaves by a long jump.
///
/// A sandbox belongs to one thread at a time.
#ifndef LUA_SANDBOX_H
#define LUA_SANDBOX_H

#include <stddef.h>
#include <stdint.h>

typedef struct lua_sandbox lua_sandbox;

/// What scripts may use. Times count from the start of a call.
typedef struct {
    /// Bytes of all values of the state.
    size_t memory;
    /// Instructions of Lua; what library functions do is counted in the same coin.
    uint64_t instructions;
    /// Nanoseconds of the thread's processor time.
    int64_t processor_time;
    /// Steps of one pattern match.
    uint64_t pattern_steps;
    /// Bytes of a text that patterns are applied to.
    size_t subject;
} sandbox_limits;

/// Bytes that are not ended by zero; `bytes` is NULL where there is nothing.
typedef struct {
    const char *_Nullable bytes;
    size_t count;
} sandbox_text;

/// The tables that the host stands behind.
typedef enum {
    SANDBOX_REQUEST = 1,
    SANDBOX_REQUEST_HEADERS,
    SANDBOX_REQUEST_QUERY,
    SANDBOX_RESPONSE,
    SANDBOX_RESPONSE_HEADERS,
    SANDBOX_CONTEXT,
    SANDBOX_PARAMETERS,
} sandbox_object;

/// The host's side of the tables. The functions must return normally. A text that they return must live until the next of them is called.
typedef struct {
    void *_Nullable context;
    /// The value of a member; nothing if there is none.
    sandbox_text (*_Nonnull get)(void *_Nullable context, sandbox_object object, sandbox_text key);
    /// Sets a member, or removes it where there is no value; 0 if it cannot be set.
    int32_t (*_Nonnull set)(void *_Nullable context, sandbox_object object, sandbox_text key, sandbox_text value);
    /// The name of a member by position from 0 on; nothing behind the last.
    sandbox_text (*_Nonnull name)(void *_Nullable context, sandbox_object object, int64_t position);
    void (*_Nonnull log)(void *_Nullable context, sandbox_text message);
} sandbox_host;

/// How a call ended.
typedef enum {
    SANDBOX_DONE,
    /// The script has no function of this name.
    SANDBOX_ABSENT,
    /// The script refused the message: `status` and `message` are what it said.
    SANDBOX_REFUSED,
    /// The script raised an error; `message` tells which.
    SANDBOX_FAILED,
    /// A limit was exceeded. The sandbox is of no more use.
    SANDBOX_EXHAUSTED,
} sandbox_outcome;

typedef struct {
    sandbox_outcome outcome;
    int32_t status;
    /// Lives until the next call.
    sandbox_text message;
} sandbox_result;

/// NULL if there is no memory.
lua_sandbox *_Nullable sandbox_create(sandbox_limits limits);
void sandbox_destroy(lua_sandbox *_Nonnull sandbox);

/// Compiles a script and runs it once, so that it defines its functions. On success `status` is its number.
sandbox_result sandbox_load(lua_sandbox *_Nonnull sandbox, sandbox_text name, sandbox_text source);

/// 1 if the script has a function of this name.
int32_t sandbox_defines(lua_sandbox *_Nonnull sandbox, int32_t script, const char *_Nonnull function);

/// Calls a function of a script without arguments.
sandbox_result sandbox_call(
    lua_sandbox *_Nonnull sandbox, int32_t script, const char *_Nonnull function, const sandbox_host *_Nonnull host);

/// Bytes that the sandbox's values take.
size_t sandbox_memory(const lua_sandbox *_Nonnull sandbox);

#endif
