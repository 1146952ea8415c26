-- The same small page for whatever method and path a scanner tries.
local requestBody = require("requestBody")
local settings = require("settings")

local file = assert(io.open(settings.honeypotPage, "rb"))
local page = file:read("*a")
file:close()

local M = {}

function M.serve()
  requestBody.discard()
  ngx.header["Content-Type"] = "text/html; charset=utf-8"
  ngx.header["Content-Length"] = #page
  ngx.header["Cache-Control"] = "no-store"
  ngx.print(page)
end

return M
