#include "monitoring/collector/violationDrain.hpp"

#include <algorithm>
#include <utility>

#include "core/text/utf8.hpp"
#include "monitoring/collector/violationEntry.hpp"

namespace ks {
namespace {

constexpr const char* kList = "rate_limit:violations";
constexpr const char* kTaken = "rate_limit:violations:taken";
constexpr const char* kToken = "rate_limit:violations:token";
constexpr std::size_t kViolationSampleBytes = 512;

// RENAME keeps a time to live, hence PERSIST.
constexpr const char* kTakeScript =
    "if redis.call('EXISTS', KEYS[2]) == 0 then "
    "if redis.call('EXISTS', KEYS[1]) == 0 then return {} end "
    "redis.call('RENAME', KEYS[1], KEYS[2]) redis.call('PERSIST', KEYS[2]) redis.call('SET', KEYS[3], "
    "ARGV[1]) end "
    "local token = redis.call('GET', KEYS[3]) "
    "if not token then token = ARGV[1] redis.call('SET', KEYS[3], token) end "
    "return {token, redis.call('LRANGE', KEYS[2], 0, -1)}";

constexpr const char* kForgetScript =
    "if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[1], KEYS[2]) end return 1";

}  // namespace

Result<std::optional<ViolationBatch>> ViolationDrain::take(TimePoint now) {
  auto taken = redis_.runOne({"EVAL", kTakeScript, "3", kList, kTaken, kToken, uuids_.next().toString()});
  if (!taken.ok()) {
    return std::move(taken.fault());
  }
  const auto& parts = taken.value().elements;
  if (parts.empty()) {
    return std::optional<ViolationBatch>();
  }
  const auto token = Uuid::parse(parts.front().text);
  if (parts.size() != 2 || !token) {
    return makeFault(ErrorCode::internal, std::string(kToken) + " in Redis is not an identifier");
  }
  ViolationBatch batch;
  batch.token = *token;
  batch.now = now;
  std::uint64_t place = 0;
  for (const auto& entry : parts[1].elements) {
    if (auto violation = parseViolation(entry.text, now)) {
      batch.violations.push_back(std::move(*violation));
    } else {
      ++batch.badCount;
      if (batch.badEntries.size() < IngestBatch::kMostBadSamples) {
        std::string sample = replaceBadUtf8(std::string_view(entry.text).substr(0, kViolationSampleBytes));
        std::replace(sample.begin(), sample.end(), '\0', ' ');
        batch.badEntries.push_back({place, BadLineReason::badViolation, std::move(sample)});
      }
    }
    ++place;
  }
  return std::optional(std::move(batch));
}

Result<Done> ViolationDrain::forget(const Uuid& token) {
  return redis_.runOne({"EVAL", kForgetScript, "2", kTaken, kToken, token.toString()})
      .then([](const RedisValue&) { return Done{}; });
}

}  // namespace ks
