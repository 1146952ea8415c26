-- wrk: posts bodies in turn again and again. Environment: BENCH_BODY, a body a line; BENCH_TOKEN (may be empty).
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local token = os.getenv("BENCH_TOKEN")
if token and token ~= "" then
  wrk.headers["Authorization"] = "Bearer " .. token
end
local requests, at = {}, 0
function init()
  for body in os.getenv("BENCH_BODY"):gmatch("[^\n]+") do
    requests[#requests + 1] = wrk.format(nil, nil, nil, body)
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
