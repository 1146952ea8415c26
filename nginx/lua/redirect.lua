-- Redirects without a body.
local requestBody = require("requestBody")

local M = {}

local function redirect(target)
  requestBody.discard()
  ngx.status = 308
  ngx.header["Location"] = target
  ngx.header["Content-Length"] = 0
  ngx.send_headers()
end

-- portSuffix: "" or ":8443".
function M.toTls(portSuffix)
  redirect("https://" .. ngx.var.host .. portSuffix .. ngx.var.request_uri)
end

-- /admin is a mistyped /admin/.
function M.toDirectory()
  redirect(ngx.var.uri .. "/")
end

return M
