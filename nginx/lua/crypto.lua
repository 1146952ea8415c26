-- The libcrypto that nginx has loaded already.
local ffi = require("ffi")

ffi.cdef([[
unsigned char *SHA256(const unsigned char *data, size_t length, unsigned char *digest);
int RAND_bytes(unsigned char *buffer, int length);
]])

local libcrypto = ffi.C
local digest = ffi.new("unsigned char[32]")

local M = {}

-- 32 raw bytes.
function M.sha256(text)
  libcrypto.SHA256(text, #text, digest)
  return ffi.string(digest, 32)
end

function M.hex(bytes)
  return (bytes:gsub(".", function(c) return string.format("%02x", c:byte()) end))
end

-- Fills a char array; an error here would mean a broken libcrypto.
function M.randomBytes(buffer, length)
  if libcrypto.RAND_bytes(buffer, length) ~= 1 then
    error("RAND_bytes failed")
  end
end

return M
