-- Sliding window from two buckets: what the previous window accepted fades linearly while the present one runs. Only
-- accepted requests count, so a client that keeps trying is not shut out for ever. Atomic increments, no lock, and
-- nothing between increment and decrement can yield.
local floor, ceil, max = math.floor, math.ceil, math.max

local M = {}

-- Seconds until one more request fits, at least 1. `previous` and `current` are accepted counts, `elapsed` is the
-- time since the present window began.
function M.retryAfter(previous, current, limit, elapsed, window)
  local wait
  if current + 1 <= limit then
    wait = window * (1 - (limit - current - 1) / previous) - elapsed
  else
    wait = window - elapsed + window * (1 - (limit - 1) / current)
  end
  return max(1, ceil(wait))
end

-- Counts one request of `id` in a shared dictionary. Answers true, or false, seconds to wait, and the number of
-- requests tried in this window's sense (the limit plus those refused).
function M.count(dictionary, id, limit, now, window)
  local index = floor(now / window)
  local elapsed = now - index * window
  local presentKey = id .. ":" .. index
  local current = dictionary:incr(presentKey, 1, 0, 2 * window)
  if not current then
    return true -- no memory for a counter must not stop the service
  end
  local previous = dictionary:get(id .. ":" .. index - 1) or 0
  if previous * (1 - elapsed / window) + current <= limit then
    return true
  end
  dictionary:incr(presentKey, -1)
  local refused = dictionary:incr(presentKey .. "r", 1, 0, window) or 1
  return false, M.retryAfter(previous, current - 1, limit, elapsed, window), limit + refused
end

return M
