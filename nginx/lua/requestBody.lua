-- A body has 10 s to arrive as a whole, over HTTP/2 too; nginx itself only bounds the pauses. Where none belongs none
-- is read.
local ARRIVAL_S = 10
local BODILESS = { GET = true, HEAD = true, OPTIONS = true }
local HTTP2 = 2

local M = {}

local function read()
  ngx.req.read_body()
end

-- Answers false when the body did not arrive in time.
local function arrivesInTime()
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

-- Of a request that is answered without its body; ends one whose body cannot be told from what follows it.
function M.discard()
  if not pcall(ngx.req.discard_body) then
    return ngx.exit(400)
  end
end

-- Nothing, or the status to refuse the request with.
function M.refusal()
  local var = ngx.var
  local length = var.http_content_length
  local announced = var.http_transfer_encoding or (length and length ~= "0")
  if not announced and ngx.req.http_version() ~= HTTP2 then -- there one may come unannounced
    return nil
  end
  if BODILESS[ngx.req.get_method()] then
    if announced then
      return 400
    end
    M.discard()
  elseif not arrivesInTime() then
    return 408
  end
end

return M
