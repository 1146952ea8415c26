-- Whether a client is banned. Redis has a key for each banned address or network and forgets it when the ban ends;
-- what it said is kept for a second. No answer from Redis means that nobody is banned.
local redisClient = require("redisClient")

local PREFIX = "ksysadmin:ban:"
local KEEP_S = 1
local format = string.format

local cache = ngx.shared.ks_bans

local M = {}

-- The keys that could ban a client, one for each length of network: core/network/banNetwork.cpp writes them so.
local function keysOf(id)
  if #id == 4 then
    local a, b, c, d = id:byte(1, 4)
    return format("%s%d.%d.%d.%d", PREFIX, a, b, c, d), format("%s%d.%d.%d.0/24", PREFIX, a, b, c),
      format("%s%d.%d.0.0/16", PREFIX, a, b)
  end
  local a, b, c, d, e, f, g, h = id:byte(1, 8)
  local wide = format("%s%02x%02x:%02x%02x:", PREFIX, a, b, c, d)
  local site = format("%s%02x%02x:", wide, e, f)
  return format("%s%02x%02x::/64", site, g, h), site .. ":/48", wide .. ":/32"
end

local function lookUp(id)
  local found = redisClient.inRequest("looking up a ban", function(connection)
    return connection:mget(keysOf(id))
  end)
  if type(found) ~= "table" then
    return false
  end
  local banned = false
  for i = 1, #found do
    banned = banned or type(found[i]) == "string"
  end
  cache:set(id, banned, KEEP_S)
  return banned
end

-- id: $ks_client.
function M.covers(id)
  local known = cache:get(id)
  if known == nil then
    return lookUp(id)
  end
  return known
end

return M
