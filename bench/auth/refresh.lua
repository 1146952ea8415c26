-- wrk: each thread, with one connection, refreshes a session of its own with the token that the last answer gave.
-- Environment: BENCH_TOKENS, divided by blanks, one a thread.
local threads = 0

function setup(thread)
  local at = 0
  for token in os.getenv("BENCH_TOKENS"):gmatch("%S+") do
    if at == threads then
      thread:set("token", token)
    end
    at = at + 1
  end
  threads = threads + 1
end

function request()
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, '{"refresh_token":"' .. token .. '"}')
end

function response(_, _, body)
  token = body:match('"refresh_token":"([^"]+)"') or token
end
