-- Error answers in the form that every process uses.
local requestBody = require("requestBody")

local byStatus = {
  [400] = { "BAD_REQUEST", "The request could not be understood" },
  [403] = { "PERMISSION_DENIED", "You may not do this" },
  [404] = { "NOT_FOUND", "Not found" },
  [405] = { "METHOD_NOT_ALLOWED", "This method is not allowed here" },
  [408] = { "TIMEOUT", "The request took too long to arrive" },
  [413] = { "PAYLOAD_TOO_LARGE", "The body is too large" },
  [414] = { "URI_TOO_LONG", "The address is too long" },
  [415] = { "UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json" },
  [429] = { "RATE_LIMITED", "Too many requests" },
  [431] = { "HEADERS_TOO_LARGE", "The headers are too large" },
  [500] = { "INTERNAL", "An internal error occurred; the log has the details under the request id" },
  [502] = { "BAD_GATEWAY", "The service behind the gateway gave no valid answer" },
  [503] = { "OVERLOADED", "The service is overloaded; try again soon" },
  [504] = { "TIMEOUT", "The request timed out" },
}

local special = {
  banned = { "ADDRESS_BANNED", "This address is temporarily banned" },
}

local API_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

local M = {}

local function timestamp()
  local now = ngx.now()
  local seconds = math.floor(now)
  return string.format("%s.%03dZ", os.date("!%Y-%m-%dT%H:%M:%S", seconds), math.floor((now - seconds) * 1000))
end

-- Writes the answer with status ngx.status, which is set by now.
local function write(retryAfter, reason)
  local status = ngx.status
  local known = special[reason] or byStatus[status] or (status < 500 and byStatus[status == 302 and 429 or 400]) or byStatus[500]
  local wait = ""
  if retryAfter then
    ngx.header["Retry-After"] = retryAfter
    wait = ',"retry_after":' .. retryAfter
  end
  local body = string.format('{"error":{"code":"%s","message":"%s"%s},"request_id":"%s","timestamp":"%s"}\n', known[1],
    known[2], wait, ngx.var.ks_request_id, timestamp())
  ngx.header["Content-Type"] = "application/json"
  ngx.header["Content-Length"] = #body
  ngx.header["Cache-Control"] = "no-store"
  ngx.print(body)
end

-- The targets of error_page: nginx has set the status and discarded the body.
function M.tooManyConnections()
  ngx.var.ks_rate_limited = "true"
  write(1)
end

function M.page()
  local status = ngx.status
  if status == 405 then
    ngx.header["Allow"] = "GET, HEAD"
  end
  write(status == 503 and 1 or nil)
end

-- Ends the request in the access phase. `reason`: where the status does not tell the code.
function M.refuse(status, retryAfter, location, reason)
  requestBody.discard()
  ngx.var.ks_cache_control = "" -- that of what was asked for; write() has its own
  ngx.status = status
  if location then
    ngx.header["Location"] = location
  elseif status == 405 then
    ngx.header["Allow"] = API_METHODS
  end
  write(retryAfter, reason)
  return ngx.exit(ngx.HTTP_OK)
end

return M
