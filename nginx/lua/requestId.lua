-- A UUIDv7 (RFC 9562) for each request that brings no well-formed id. Within a worker ids only grow: rand_a is a
-- counter that starts at a random value below half each millisecond.
local ffi = require("ffi")
local crypto = require("crypto")

local format, floor = string.format, math.floor

local POOL_BYTES = 4080 -- ten bytes an id: one call of RAND_bytes for 408 ids
local MAX_DRIFT_MS = 10000 -- a clock set back by more than this is believed

local pool = ffi.new("unsigned char[?]", POOL_BYTES)
local used = POOL_BYTES
local lastMs, counter = 0, 0

local M = {}

-- The pool is filled in the worker that uses it, never before the fork.
local function takeRandom()
  if used >= POOL_BYTES then
    crypto.randomBytes(pool, POOL_BYTES)
    used = 0
  end
  local at = used
  used = used + 10
  return at
end

function M.make(nowMs)
  local at = takeRandom()
  if nowMs > lastMs or lastMs - nowMs > MAX_DRIFT_MS then
    lastMs = nowMs
    counter = (pool[at] % 8) * 256 + pool[at + 1]
  else
    counter = counter + 1
    if counter > 4095 then
      lastMs = lastMs + 1
      counter = (pool[at] % 8) * 256 + pool[at + 1]
    end
  end
  local high = floor(lastMs / 65536)
  return format("%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x", high, lastMs - high * 65536, counter,
    128 + pool[at + 2] % 64, pool[at + 3], pool[at + 4], pool[at + 5], pool[at + 6], pool[at + 7], pool[at + 8],
    pool[at + 9])
end

-- Runs again after an internal redirect and must then keep what it made.
function M.ofThisRequest()
  local known = ngx.var.ks_request_id
  if known and known ~= "" then
    return known
  end
  return M.make(floor(ngx.now() * 1000 + 0.5))
end

return M
