-- Violations on their way to the Redis list. A request only appends to a bounded list in shared memory; a timer
-- empties it. What is lost is counted.
local redisClient = require("redisClient")

local LIST = "rate_limit:violations"
local DROPPED = "rate_limit:violations:dropped"
local LIST_MAX = 100000
local WAITING_MAX = 10000
local BATCH = 500
local BATCHES_A_TICK = 20

-- One script: other gateways push meanwhile, and each dropped entry is to be counted once.
-- KEYS list, counter; ARGV cap, lost before they got here, life of the keys in seconds, entries...
local SCRIPT = [[
local length = redis.call('LLEN', KEYS[1])
if #ARGV > 3 then length = redis.call('RPUSH', KEYS[1], unpack(ARGV, 4)) end
local dropped = length - tonumber(ARGV[1])
if dropped > 0 then redis.call('LTRIM', KEYS[1], dropped, -1) else dropped = 0 end
local lost = dropped + tonumber(ARGV[2])
if lost > 0 then
  redis.call('INCRBY', KEYS[2], lost)
  redis.call('EXPIRE', KEYS[2], ARGV[3])
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
return dropped
]]
local LIFE_S = 7 * 86400

local queue = ngx.shared.ks_violations

local M = {}

local function lose(count)
  queue:incr("lost", count, 0)
end

-- service:identifier:count@unix_ms
function M.add(service, identifier, count)
  local entry = string.format("%s:%s:%d@%.0f", service, identifier, count, ngx.now() * 1000)
  local length = queue:rpush("waiting", entry)
  if not length then
    lose(1)
  elseif length > WAITING_MAX and queue:lpop("waiting") then
    lose(1)
  end
end

local function takeBatch()
  local batch = {}
  for i = 1, BATCH do
    local entry = queue:lpop("waiting")
    if not entry then
      break
    end
    batch[i] = entry
  end
  return batch
end

-- Entries are taken only once there is a connection. When the answer fails after that, nobody knows whether they
-- arrived: they count as lost, for twice is worse than never in a list that is only a hint.
local function push(connection)
  for _ = 1, BATCHES_A_TICK do
    local lost = queue:get("lost") or 0
    local batch = takeBatch()
    if #batch == 0 and lost == 0 then
      return true
    end
    local dropped, reason = connection:eval(SCRIPT, 2, LIST, DROPPED, LIST_MAX, lost, LIFE_S, unpack(batch))
    if not dropped then
      lose(#batch)
      return dropped, reason
    end
    if lost > 0 then
      queue:incr("lost", -lost)
    end
    if dropped > 0 then
      ngx.log(ngx.WARN, LIST, " is full: ", dropped, " oldest entries dropped")
    end
  end
  return true
end

function M.drain()
  if (queue:llen("waiting") or 0) == 0 and (queue:get("lost") or 0) == 0 then
    return
  end
  redisClient.inBackground("pushing violations", push)
end

return M
