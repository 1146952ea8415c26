-- One timer a worker: empties the list of violations and refreshes the limits.
local limits = require("limits")
local report = require("report")
local violations = require("violations")

local PERIOD_S = 0.5
local TICKS_PER_REFRESH = 2 -- changed limits are in force within 2 s

local M = {}

local ticks = 0
local busy = false

local function tick(exiting)
  if exiting or busy then
    return
  end
  busy = true
  ticks = ticks + 1
  local ok, reason = pcall(function()
    if ticks % TICKS_PER_REFRESH == 1 then
      limits.refresh()
    end
    violations.drain()
    report.write()
  end)
  busy = false
  if not ok then
    ngx.log(ngx.ERR, "background work: ", reason)
  end
end

function M.start()
  assert(ngx.timer.at(0, tick))
  assert(ngx.timer.every(PERIOD_S, tick))
end

return M
