-- The access phase of every API request, in order: ban, limit, shape, body. All else is checked for a ban
-- only.
local settings = require("settings")
local bans = require("bans")
local client = require("client")
local errorBody = require("errorBody")
local limits = require("limits")
local report = require("report")
local requestBody = require("requestBody")
local sharedWindow = require("sharedWindow")
local slidingWindow = require("slidingWindow")
local violations = require("violations")

local HONEYPOT = "/honeypot"
local UNCLAIMED = "unclaimed"
local BANK_NOTICES = "payment-notifications"
local BANNED = "banned" -- the zone in the log: such lines are no misbehaviour anew

-- limit: name in limits.lua; service: as violations call it.
local zones = {
  ["auth-login"] = { dictionary = ngx.shared.ks_rate_auth_login, limit = "login", service = "auth", honeypot = true },
  ["auth-register"] = {
    dictionary = ngx.shared.ks_rate_auth_register,
    limit = "register",
    service = "auth",
    honeypot = true,
  },
  ["auth-session"] = {
    dictionary = ngx.shared.ks_rate_auth_session,
    limit = "session",
    service = "auth",
    byUser = true,
  },
  ["payment"] = { dictionary = ngx.shared.ks_rate_payment, limit = "payment", service = "payment", byUser = true },
  ["payment-notifications"] = {
    dictionary = ngx.shared.ks_rate_payment_notifications,
    limit = "notifications",
    service = "payment",
  },
  ["admin"] = { dictionary = ngx.shared.ks_rate_admin, limit = "admin", service = "admin" },
  [UNCLAIMED] = { dictionary = ngx.shared.ks_rate_unclaimed, limit = "strictest", service = "auth" },
}

local METHODS = { GET = true, HEAD = true, POST = true, PUT = true, PATCH = true, DELETE = true, OPTIONS = true }

local function count(name, zone, id)
  local limit = limits.current[zone.limit]
  if settings.sharedLimits then
    local accepted, wait, tried = sharedWindow.count(name, id, limit, settings.windowSeconds)
    if accepted ~= nil then
      return accepted, wait, tried
    end
  end
  return slidingWindow.count(zone.dictionary, id, limit, ngx.now(), settings.windowSeconds)
end

local function checkLimit(name, address)
  local zone = zones[name]
  if not zone then
    return
  end
  local user = zone.byUser and client.user()
  local id = user and "u" .. user or "a" .. address
  local accepted, wait, tried = count(name, zone, id)
  if accepted then
    return
  end
  ngx.var.ks_rate_limited = "true"
  violations.add(zone.service, user and "user_" .. user or ngx.var.remote_addr, tried)
  if zone.honeypot then
    return errorBody.refuse(302, wait, HONEYPOT)
  end
  return errorBody.refuse(429, wait)
end

-- Answers the client's address.
local function checkBan()
  local var = ngx.var
  local address = var.ks_client
  if bans.covers(address) then
    -- To the bank 403 says that the money was refused, 429 that it may ask again.
    local status = var.ks_zone == BANK_NOTICES and 429 or 403
    var.ks_zone = BANNED
    return errorBody.refuse(status, nil, nil, "banned")
  end
  return address
end

-- Answers the zone.
local function checkBanAndLimit()
  local address = checkBan()
  local zone = ngx.var.ks_zone
  if settings.rateLimits then
    checkLimit(zone, address)
  end
  if zone == BANK_NOTICES and ngx.var.ks_may_be_bank ~= "1" then
    return errorBody.refuse(403)
  end
  return zone
end

local function check()
  if checkBanAndLimit() == UNCLAIMED then
    return errorBody.refuse(METHODS[ngx.req.get_method()] and 400 or 405)
  end
  local refusal = requestBody.refusal()
  if refusal then
    return errorBody.refuse(refusal)
  end
end

return {
  checkBan = report.guarded(checkBan),
  checkBanAndLimit = report.guarded(checkBanAndLimit),
  check = report.guarded(check),
}
