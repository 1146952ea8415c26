-- The limits in force: an administrator's from Redis where there are any, else the rendered defaults. Refreshed by
-- the background timer, so a request never waits for them.
local settings = require("settings")
local redisClient = require("redisClient")

local KEY = "ksysadmin:settings:rate_limits"
local RANGES = {
  login = { 1, 100 },
  register = { 1, 50 },
  session = { 1, 5000 },
  payment = { 1, 60000 },
  admin = { 1, 500 },
}
local NOTIFICATIONS_PER_WINDOW = 6000
local KEEP_S = 2 -- how long values outlive the last answer of Redis

local M = {}

-- For what no zone claims.
local function withStrictest(limits)
  local strictest = math.huge
  for name in pairs(RANGES) do
    strictest = math.min(strictest, limits[name])
  end
  limits.strictest = strictest
  return limits
end

local function defaults()
  local limits = { notifications = NOTIFICATIONS_PER_WINDOW }
  for name, value in pairs(settings.defaultLimits) do
    limits[name] = value
  end
  return withStrictest(limits)
end

M.current = defaults()
local complainedAbout = ""
local readAt = 0

-- A flat JSON object of whole numbers, e.g. {"login":5,"admin":120}. What is missing, no whole number or out of
-- range keeps its default. Second value: the names that were refused.
function M.parse(text)
  local limits, refused = defaults(), {}
  for name, range in pairs(RANGES) do
    local written = text:match('"' .. name .. '"%s*:%s*([^,}%s]+)')
    if written then
      local value = written:match("^%d+$") and tonumber(written)
      if value and value >= range[1] and value <= range[2] then
        limits[name] = value
      else
        refused[#refused + 1] = name
      end
    end
  end
  return withStrictest(limits), refused
end

function M.refresh()
  local text = redisClient.inBackground("reading the limits", function(connection)
    return connection:get(KEY)
  end)
  local now = ngx.now()
  if text == nil and now - readAt < KEEP_S then
    return
  end
  if type(text) ~= "string" then
    M.current = defaults()
    return
  end
  readAt = now
  local limits, refused = M.parse(text)
  M.current = limits
  local complaint = #refused > 0 and text or ""
  if complaint ~= "" and complaint ~= complainedAbout then
    ngx.log(ngx.WARN, KEY, ": defaults are used instead of the values of: ", table.concat(refused, ", "))
  end
  complainedAbout = complaint
end

return M
