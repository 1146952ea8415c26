-- The sliding window of slidingWindow.lua counted in Redis, for several gateways: one script call, Redis' clock.
local redisClient = require("redisClient")

-- KEYS[1] counter hash {w: window index, c: accepted, p: accepted before, r: refused}; ARGV limit, window in seconds.
-- Answers {accepted 0/1, p, c, elapsed in ms, r}.
local SCRIPT = [[
local clock = redis.call('TIME')
local ms = clock[1] * 1000 + math.floor(clock[2] / 1000)
local limit, window = tonumber(ARGV[1]), ARGV[2] * 1000
local index = math.floor(ms / window)
local elapsed = ms - index * window
local state = redis.call('HMGET', KEYS[1], 'w', 'c', 'p', 'r')
local w, c, p, r = tonumber(state[1]), tonumber(state[2]) or 0, tonumber(state[3]) or 0, tonumber(state[4]) or 0
if w ~= index then
  p = (w == index - 1) and c or 0
  c, r = 0, 0
end
local accepted = p * (1 - elapsed / window) + c + 1 <= limit
if accepted then c = c + 1 else r = r + 1 end
redis.call('HSET', KEYS[1], 'w', index, 'c', c, 'p', p, 'r', r)
redis.call('PEXPIRE', KEYS[1], 2 * window)
return {accepted and 1 or 0, p, c, elapsed, r}
]]

local slidingWindow = require("slidingWindow")
local crypto = require("crypto")

local digest

local M = {}

-- As slidingWindow.count; nil when Redis gave no answer.
function M.count(zone, id, limit, window)
  digest = digest or crypto.hex(ngx.sha1_bin(SCRIPT))
  local key = "rate_limit:window:" .. zone .. ":" .. crypto.hex(id)
  local state = redisClient.inRequest("shared rate limit", function(connection)
    local answer, reason = connection:evalsha(digest, 1, key, limit, window)
    if answer == false and reason and reason:find("NOSCRIPT", 1, true) then
      answer, reason = connection:eval(SCRIPT, 1, key, limit, window)
    end
    return answer, reason
  end)
  if not state then
    return nil
  end
  if state[1] == 1 then
    return true
  end
  return false, slidingWindow.retryAfter(state[2], state[3], limit, state[4] / 1000, window), limit + state[5]
end

return M
