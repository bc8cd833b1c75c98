-- wrk's script: requests spread over all APIs, resources and tokens, prepared before the run so that wrk itself stays cheap.
local requests, index = {}, 0

function init(arguments)
    local apis, resources = tonumber(os.getenv "BENCH_APIS"), tonumber(os.getenv "BENCH_RESOURCES")
    local tokens = {}
    local path = os.getenv "BENCH_TOKENS"
    if path and path ~= "" then for line in io.lines(path) do tokens[#tokens + 1] = line end end
    math.randomseed(1)
    for number = 1, 4000 do
        local headers = {}
        if #tokens > 0 then headers["Authorization"] = "Bearer " .. tokens[(number - 1) % #tokens + 1] end
        local target = string.format(
            "/api%d/1.0.0/resource%d/%d", math.random(0, apis - 1), math.random(0, resources - 1), math.random(1, 99999))
        requests[number] = wrk.format("GET", target, headers)
    end
end

function request()
    index = index % #requests + 1
    return requests[index]
end

function done(summary, latency)
    local errors = summary.errors
    io.stderr:write(string.format(
        "RESULT %d %d %d %d %d\n", summary.requests, errors.status + errors.read + errors.write + errors.connect + errors.timeout,
        latency:percentile(50), latency:percentile(99), summary.duration))
end
