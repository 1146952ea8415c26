-- A body has 10 s to arrive as a whole; nginx itself only bounds the pauses. (An HTTP/2 body without a length cannot
-- be read here: nginx bounds its pauses and its size.)
local ARRIVAL_S = 10

local M = {}

local function read()
  ngx.req.read_body()
end

-- Answers false when the body did not arrive in time.
local function readInTime()
  local reader = ngx.thread.spawn(read)
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

function M.arrives()
  local var = ngx.var
  local length = var.http_content_length
  if var.http_transfer_encoding or (length and length ~= "0") then
    return readInTime()
  end
  return true
end

return M
