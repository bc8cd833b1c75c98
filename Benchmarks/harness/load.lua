-- wrk's script: requests spread over all APIs, resources and tokens, prepared before the run so that wrk itself stays cheap.
local requests, index = {}, 0

-- Chooses numbers below `count` by Zipf's law with exponent 1.
local function zipf(count)
    local sums, sum = {}, 0
    for rank = 1, count do
        sum = sum + 1 / rank
        sums[rank] = sum
    end
    return function()
        local wanted, low, high = math.random() * sum, 1, count
        while low < high do
            local middle = math.floor((low + high) / 2)
            if sums[middle] < wanted then low = middle + 1 else high = middle end
        end
        return low - 1
    end
end

function init(arguments)
    local apis, resources = tonumber(os.getenv "BENCH_APIS"), tonumber(os.getenv "BENCH_RESOURCES")
    local tokens = {}
    local path = os.getenv "BENCH_TOKENS"
    if path and path ~= "" then for line in io.lines(path) do tokens[#tokens + 1] = line end end
    math.randomseed(1)
    local choose = os.getenv "BENCH_ZIPF" == "1" and zipf(apis) or function() return math.random(0, apis - 1) end
    for number = 1, 4000 do
        local headers = {}
        if #tokens > 0 then headers["Authorization"] = "Bearer " .. tokens[(number - 1) % #tokens + 1] end
        local target = string.format(
            "/api%d/1.0.0/resource%d/%d", choose(), math.random(0, resources - 1), math.random(1, 99999))
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
