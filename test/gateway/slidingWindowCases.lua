-- Run by slidingWindowTest.mjs inside nginx: the counting with a clock of our own, against a recount of every step.
local slidingWindow = require("slidingWindow")

local dictionary = ngx.shared.ks_rate_payment
local WINDOW = 60
local checks = 0

local function expect(condition, ...)
  checks = checks + 1
  if not condition then
    error(table.concat({ ... }, " "), 2)
  end
end

local function accepted(id, limit, now)
  return (slidingWindow.count(dictionary, id, limit, now, WINDOW))
end

local function simpleCases()
  for i = 1, 5 do
    expect(accepted("simple", 5, 6000 + i), "request", i)
  end
  local ok, wait, tried = slidingWindow.count(dictionary, "simple", 5, 6010, WINDOW)
  expect(ok == false and tried == 6, "sixth", tostring(tried))
  -- At 6060 + x the five weigh 5 * (1 - x / 60); one more fits at x = 12: 62 s from 6010.
  expect(wait == 62, "wait", tostring(wait))
  expect(not accepted("simple", 5, 6060), "at the edge")
  expect(not accepted("simple", 5, 6071.9), "just before")
  expect(accepted("simple", 5, 6072.1), "when it said")
  expect(not accepted("simple", 5, 6072.2), "only one")
  expect(accepted("simple", 5, 6180), "after two windows")
end

local function limitOfOne()
  expect(accepted("one", 1, 12000), "first")
  local ok, wait = slidingWindow.count(dictionary, "one", 1, 12030, WINDOW)
  expect(not ok and wait == 90, "one: wait", tostring(wait))
  expect(not accepted("one", 1, 12119.9), "one: before")
  expect(accepted("one", 1, 12120), "one: then")
end

-- Whatever the arrivals: a promised wait is enough and not a second too long, the limit holds in each bucket and in
-- the weighted sum, and refusals change nothing.
local function randomCases()
  math.randomseed(7)
  for case = 1, 60 do
    local id, limit, now = "random" .. case, math.random(1, 40), 60000 + math.random() * 600
    local perBucket = {}
    for _ = 1, 300 do
      now = now + math.random() ^ 4 * 20
      local index = math.floor(now / WINDOW)
      local present, previous = perBucket[index] or 0, perBucket[index - 1] or 0
      local fits = previous * (1 - (now - index * WINDOW) / WINDOW) + present + 1 <= limit
      local ok, wait = slidingWindow.count(dictionary, id, limit, now, WINDOW)
      expect(ok == fits, "case", case, "at", now)
      if ok then
        perBucket[index] = present + 1
        expect(present + 1 <= limit, "bucket over the limit")
      else
        local later = now + wait
        local laterIndex = math.floor(later / WINDOW)
        local carried = perBucket[laterIndex - 1] or 0
        local weight = carried * (1 - (later - laterIndex * WINDOW) / WINDOW) + (perBucket[laterIndex] or 0)
        expect(weight + 1 <= limit + 1e-6, "promised too early", case, wait)
        expect(wait >= 1 and wait <= 2 * WINDOW, "wait", wait)
      end
    end
  end
end

local function limitsText()
  local limits = require("limits")
  local parsed, refused = limits.parse('{"login":9, "admin" : 500,"session":5001,"payment":"7","register":2.5}')
  expect(parsed.login == 9 and parsed.admin == 500, "good values")
  expect(parsed.session == 120 and parsed.payment == 100 and parsed.register == 3, "defaults for bad values")
  expect(#refused == 3, "three refused")
  expect(parsed.notifications == 6000, "notifications")
  for _, text in ipairs({ "", "[]", "null", '{"login":0}', '{"login":-1}', '{"login":1e2}', '{"login":}', '{"login"' }) do
    expect(limits.parse(text).login == 5, "default for", text)
  end
end

for _, case in ipairs({ simpleCases, limitOfOne, randomCases, limitsText }) do
  local ok, reason = pcall(case)
  if not ok then
    ngx.say("failed: ", reason)
    return
  end
end
ngx.say("passed ", checks)
