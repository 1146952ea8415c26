-- A body has 10 s to arrive as a whole; nginx itself only bounds the pauses. One without length is given length 0,
-- lest a backend wait for it.
local ARRIVAL_S = 10
local WITH_BODY = { POST = true, PUT = true, PATCH = true, DELETE = true }

local M = {}

-- Answers false when the body did not arrive in time.
local function arrives()
  local reader = ngx.thread.spawn(ngx.req.read_body)
  if coroutine.status(reader) == "zombie" then
    return ngx.thread.wait(reader)
  end
  local late = false
  local clock = ngx.thread.spawn(function()
    ngx.sleep(ARRIVAL_S)
    late = true
  end)
  ngx.thread.wait(reader, clock)
  ngx.thread.kill(late and reader or clock)
  return not late
end

function M.prepare()
  local var = ngx.var
  local length = var.http_content_length
  if var.http_transfer_encoding or (length and length ~= "0") then
    return arrives()
  end
  if not length and WITH_BODY[ngx.req.get_method()] and ngx.req.http_version() < 2 then
    ngx.req.set_header("Content-Length", "0")
  end
  return true
end

return M
