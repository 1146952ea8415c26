-- What clients wrote, made fit for the logs: values of parameters that mean secrets and keys of our own form are masked,
-- the rest is valid UTF-8 and bounded. Most texts need none of it: maps.conf tells which do.
local MASK = "***"
local URL_BYTES, TEXT_BYTES = 2048, 256
local MOST_DECODINGS = 3 -- a parameter may hold an address with parameters of its own

-- Parts of names of parameters, without their punctuation, and their ends.
local SECRET_PARTS = {
  "passw", "passphrase", "passcode", "pwd", "secret", "token", "credential", "authorization", "apikey", "jwt", "cookie",
  "csrf",
}
local SECRET_ENDS = { "code", "key", "pin", "otp", "pass", "auth", "session", "sid", "sig", "signature", "assertion" }

-- Where valid UTF-8 goes on (RFC 3629).
local SEQUENCES = {
  "^[%z\1-\127]+", "^[\194-\223][\128-\191]", "^\224[\160-\191][\128-\191]", "^[\225-\236\238\239][\128-\191][\128-\191]",
  "^\237[\128-\159][\128-\191]", "^\240[\144-\191][\128-\191][\128-\191]",
  "^[\241-\243][\128-\191][\128-\191][\128-\191]", "^\244[\128-\143][\128-\191][\128-\191]",
}
local REPLACEMENT = "\239\191\189" -- U+FFFD

local MOST_JUDGED = 1000
local judged, judgedCount = {}, 0 -- of names that were met

local M = {}

local KEY_ID = "^(" .. ("[%da-f]"):rep(32) .. ")(.*)$"
local LEAST_TOKEN_PART = 8
local DOT = 46
local KINDS = { "(ks_adm_)([%w_%-]+)", "(ks_svc_)([%w_%-]+)", "(ks_live_)([%w_%-]+)" }

local function withoutSecretPart(kind, rest)
  local id, more = rest:match(KEY_ID)
  if not id or (more ~= "" and more:sub(1, 1) ~= "_") then
    return kind .. MASK
  end
  return #more > 1 and kind .. id .. "_" .. MASK or nil
end

-- One pass: of a run that no dot follows, no later beginning is a token either. This runs before any limit counts, so
-- the work grows with the length of a text and not with its square.
local function maskTokens(text)
  local parts, at = {}, 1
  while true do
    local first, last = text:find("eyJ[%w_%-]*", at)
    if not first then
      break
    end
    if last - first + 1 >= LEAST_TOKEN_PART and text:byte(last + 1) == DOT then
      parts[#parts + 1] = text:sub(at, first - 1) .. "eyJ" .. MASK
      _, last = text:find("^%.[%w_%-]*%.?[%w_%-]*", last + 1)
    else
      parts[#parts + 1] = text:sub(at, last)
    end
    at = last + 1
  end
  return at == 1 and text or table.concat(parts) .. text:sub(at)
end

-- A key keeps its id, a token nothing: as core/text/keyMask.cpp does.
local function maskKeys(text)
  if not (text:find("ks_", 1, true) or text:find("eyJ", 1, true)) then
    return text
  end
  for _, kind in ipairs(KINDS) do
    text = text:gsub(kind, withoutSecretPart)
  end
  return maskTokens(text)
end

local function character(hex)
  return string.char(tonumber(hex, 16))
end

local function decoded(text)
  for _ = 1, MOST_DECODINGS do
    local once = text:gsub("%%(%x%x)", character)
    if once == text then
      break
    end
    text = once
  end
  return text
end

local function looksSecret(name)
  name = decoded(name):lower():gsub("[^%w]", "")
  for _, part in ipairs(SECRET_PARTS) do
    if name:find(part, 1, true) then
      return true
    end
  end
  for _, ending in ipairs(SECRET_ENDS) do
    if name:sub(-#ending) == ending then
      return true
    end
  end
  return false
end

local function meansSecret(name)
  local answer = judged[name]
  if answer == nil then
    if judgedCount >= MOST_JUDGED then
      judged, judgedCount = {}, 0
    end
    answer = looksSecret(name)
    judged[name], judgedCount = answer, judgedCount + 1
  end
  return answer
end

-- Of a text that may be encoded: what a reader of the log could decode counts too.
local function withoutSecrets(text)
  local masked = maskKeys(text)
  local plain = masked
  if masked:find("%", 1, true) then
    plain = decoded(masked)
    if maskKeys(plain) ~= plain then
      return MASK
    end
  end
  for name in plain:gmatch("[?&;#]([^=?&;#]+)=") do
    if meansSecret(name) then
      return MASK
    end
  end
  return masked
end

-- One of what "&" separates. What follows a secret in it may belong to the secret.
local function safeParameter(text)
  local from = 1
  while true do
    local name, equals = text:match("^([^=;]*)()=", from)
    if name and meansSecret(name) then
      return withoutSecrets(text:sub(1, equals - 1)) .. "=" .. MASK
    end
    local stop = text:find(";", from, true)
    if not stop then
      return withoutSecrets(text)
    end
    from = stop + 1
  end
end

local function escape(byte)
  return string.format("%%%02X", byte:byte())
end

local function validUtf8(text)
  local parts, at = {}, 1
  while at <= #text do
    local last
    for _, sequence in ipairs(SEQUENCES) do
      _, last = text:find(sequence, at)
      if last then
        break
      end
    end
    parts[#parts + 1] = last and text:sub(at, last) or REPLACEMENT
    at = (last or at) + 1
  end
  return table.concat(parts)
end

-- Never in the midst of a character.
local function cut(text, most)
  if #text <= most then
    return text
  end
  while most > 0 and text:byte(most + 1) >= 128 and text:byte(most + 1) < 192 do
    most = most - 1
  end
  return text:sub(1, most)
end

function M.url(text)
  local path, query = text:match("^([^?]*)(.*)$")
  path = path:gsub("[^/]+", withoutSecrets)
  query = query:sub(1, 1) .. query:sub(2):gsub("[^&]+", safeParameter)
  return cut((path .. query):gsub("[^!-~]", escape), URL_BYTES)
end

-- What lies past the cut, but for the rest of a character, need not become valid first.
function M.text(text)
  return cut(validUtf8(withoutSecrets(text):sub(1, TEXT_BYTES + 3)), TEXT_BYTES)
end

-- Of this request, for logs.conf.
function M.prepare()
  local var = ngx.var
  var.ks_safe_url = M.url(var.request_uri or "")
  var.ks_safe_user_agent = M.text(var.http_user_agent or "")
  var.ks_safe_forwarded_for = M.text(var.http_x_forwarded_for or "")
end

return M
