-- The gateway's own health: it answers.
local requestBody = require("requestBody")

local BODY = '{"status":"healthy","service":"gateway"}\n'

local M = {}

function M.serve()
  requestBody.discard()
  ngx.header["Content-Type"] = "application/json"
  ngx.header["Content-Length"] = #BODY
  ngx.print(BODY)
end

return M
