-- Who is counted: an address, or the user whom the session store names for the token's hash. Never what the client
-- merely writes.
local crypto = require("crypto")
local redisClient = require("redisClient")

local CACHE_S = 5
local TOKEN_MAX = 4096
local NOBODY = ""

local cache = ngx.shared.ks_users

local M = {}

local function token()
  local header = ngx.var.http_authorization
  local found
  if header then
    found = header:match("^[Bb][Ee][Aa][Rr][Ee][Rr] +(%S+)$")
  else
    found = ngx.var["cookie___Host-ks_at"]
  end
  if found and found ~= "" and #found <= TOKEN_MAX then
    return found
  end
end

-- The stored object is written by our own process: {"sid":"..","uid":".."}.
local function lookUp(hash)
  local stored = redisClient.inRequest("looking up a token", function(connection)
    return connection:get("kauth:token:" .. crypto.hex(hash))
  end)
  if stored == nil then
    return nil
  end
  local user = type(stored) == "string" and stored:match('"uid"%s*:%s*"([%w_-]+)"') or NOBODY
  cache:set(hash, user, CACHE_S)
  return user
end

-- The user's id, or nil for nobody known.
function M.user()
  local found = token()
  if not found then
    return nil
  end
  local hash = crypto.sha256(found)
  local user = cache:get(hash) or lookUp(hash)
  if user ~= NOBODY then
    return user
  end
end

return M
