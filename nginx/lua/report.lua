-- Lines for the error log that a request gives cause for. What nginx itself logs within a request carries the request
-- line and so the secrets of its query: the configuration keeps that out of the log, and lines of ours wait here for
-- the timer, which has no request.
local WAITING_MAX = 100

local waiting, lost = {}, 0

local M = {}

function M.add(level, ...)
  if #waiting < WAITING_MAX then
    waiting[#waiting + 1] = { level, table.concat({ ... }) }
  else
    lost = lost + 1
  end
end

function M.write()
  local lines, more = waiting, lost
  waiting, lost = {}, 0
  for _, line in ipairs(lines) do
    ngx.log(line[1], line[2])
  end
  if more > 0 then
    ngx.log(ngx.ERR, more, " more lines were not kept")
  end
end

-- The same function; an error in it is reported and ends the request with 500.
function M.guarded(work)
  return function(...)
    local ok, result = pcall(work, ...)
    if ok then
      return result
    end
    M.add(ngx.ERR, tostring(result))
    return ngx.exit(500)
  end
end

return M
