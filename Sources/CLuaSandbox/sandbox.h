/// What the parts of the sandbox share.
#ifndef SANDBOX_INTERNAL_H
#define SANDBOX_INTERNAL_H

#include <lauxlib.h>
#include <lua.h>

#include "lua_sandbox.h"

struct lua_sandbox {
    lua_State *state;
    sandbox_limits limits;
    size_t used;
    /// How often memory was denied in this call. Each time costs a full collection, so a script must not live at the limit.
    int denials;
    uint64_t spent;
    int64_t processor_end;
    /// SANDBOX_DONE while the script may go on. Anything else ends the call, whatever the script does to catch errors.
    sandbox_outcome stop;
    int is_loading;
    const sandbox_host *host;
    int32_t status;
    char message[1024];
    size_t message_count;
};

/// The sandbox of a state.
static inline lua_sandbox *sandbox_of(lua_State *L) { return *(lua_sandbox **)lua_getextraspace(L); }

/// Ends the call as exhausted; never returns.
int sandbox_exhaust(lua_State *L);
/// Raises the error that no script can catch; never returns.
int sandbox_raise_stop(lua_State *L);
/// Counts work that Lua's own counting does not see.
void sandbox_spend(lua_State *L, uint64_t amount);
/// Keeps a text for the result, cut to what fits.
void sandbox_note(lua_sandbox *box, const char *bytes, size_t count);

/// Pushes the table that holds everything that scripts can name.
void sandbox_push_environment(lua_State *L);
/// Replaces the table on top of the stack by one that reads like it and cannot be changed.
void sandbox_protect(lua_State *L);

void sandbox_push_strings(lua_State *L);
void sandbox_push_json(lua_State *L);
/// Sets the tables `request`, `response`, `context` and `parameters` in the table on top of the stack.
void sandbox_add_objects(lua_State *L);

/// Where a pattern matched.
typedef struct {
    const char *start;
    const char *end;
    int captures;
    struct {
        const char *start;
        /// Negative for the position capture `()`.
        ptrdiff_t length;
    } capture[32];
} pattern_match;

/// Looks for a pattern in a text from `start` on; 0 if it does not occur. Raises errors for patterns that are none, and ends the call when
/// it takes too many steps.
int pattern_find(
    lua_State *L, sandbox_text subject, sandbox_text pattern, const char *start, int is_anchored, pattern_match *match);

#endif
