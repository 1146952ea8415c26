-- Connections to Redis. While Redis is known to be away nothing in a request waits for it: only the background timer
-- tries again.
local report = require("report")
local settings = require("settings").redis
local found, redis = pcall(require, "nginx.redis")
if not found then
  redis = require("resty.redis") -- the name on OpenResty
end

local POOL_SIZE = 32
local IDLE_MS = 30000
local REQUEST_TIMEOUT_MS = 50
local BACKGROUND_TIMEOUT_MS = 100
local WARN_EVERY_S = 10

local M = {}

local available = true
local lastWarning = 0

local function warn(what, reason)
  local now = ngx.now()
  if now - lastWarning >= WARN_EVERY_S then
    lastWarning = now
    report.add(ngx.WARN, "redis: ", what, ": ", tostring(reason))
  end
end

local function prepare(connection)
  if (connection:get_reused_times() or 0) > 0 then
    return true
  end
  local ok, reason
  if settings.tls then
    ok, reason = connection._sock:sslhandshake(nil, settings.address, true)
    if not ok then
      return nil, reason
    end
  end
  if settings.password then
    if settings.user then
      ok, reason = connection:auth(settings.user, settings.password)
    else
      ok, reason = connection:auth(settings.password)
    end
    if not ok then
      return nil, reason
    end
  end
  if settings.database ~= 0 then
    ok, reason = connection:select(settings.database)
    if not ok then
      return nil, reason
    end
  end
  return true
end

local function open(timeoutMs)
  local connection, reason = redis:new()
  if not connection then
    return nil, reason
  end
  connection:set_timeout(timeoutMs)
  local ok
  if settings.port then
    ok, reason = connection:connect(settings.address, settings.port)
  else
    ok, reason = connection:connect(settings.address)
  end
  if ok then
    ok, reason = prepare(connection)
    if not ok then
      connection:close()
    end
  end
  if not ok then
    return nil, reason
  end
  return connection
end

-- work(connection) answers a value, false and Redis' own error, or nil and why there was no answer. Never nil for "no
-- such key": that is ngx.null.
local function run(what, timeoutMs, work)
  local connection, reason = open(timeoutMs)
  local value
  if connection then
    value, reason = work(connection)
  end
  if value == nil then
    if connection then
      connection:close()
    end
    available = false
    warn(what, reason)
    return nil
  end
  connection:set_keepalive(IDLE_MS, POOL_SIZE)
  if value == false then
    warn(what, reason)
    return nil, true
  end
  return value
end

-- In a request: not even tried while Redis is away.
function M.inRequest(what, work)
  if not available then
    return nil
  end
  return (run(what, REQUEST_TIMEOUT_MS, work))
end

-- In a timer: tries always, and its success tells the requests that Redis is back.
function M.inBackground(what, work)
  local value, refused = run(what, BACKGROUND_TIMEOUT_MS, work)
  if value ~= nil or refused then
    available = true
  end
  return value
end

return M
