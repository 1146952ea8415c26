#include "core/settings/lockLadder.hpp"

#include <algorithm>
#include <charconv>

namespace ks {
namespace {

std::optional<std::int32_t> ladderNumber(std::string_view text, std::int32_t most) {
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 1 || number > most) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::optional<LockLadder> parseLockLadder(std::string_view text) {
  LockLadder ladder;
  if (text == "off") {
    return ladder;
  }
  while (ladder.size() < kMostLockSteps) {
    const auto comma = text.find(',');
    const auto step = text.substr(0, comma);
    const auto slash = step.find('/');
    if (slash == std::string_view::npos) {
      return std::nullopt;
    }
    const auto failures = ladderNumber(step.substr(0, slash), LockStep::kMostFailures);
    const auto seconds = step.substr(slash + 1) == "forever"
                             ? std::optional(LockStep::kForever)
                             : ladderNumber(step.substr(slash + 1), LockStep::kLongest);
    const bool afterForever = !ladder.empty() && ladder.back().seconds == LockStep::kForever;
    if (!failures || !seconds || afterForever) {
      return std::nullopt;
    }
    if (!ladder.empty() && (*failures <= ladder.back().failures ||
                            (*seconds != LockStep::kForever && *seconds < ladder.back().seconds))) {
      return std::nullopt;
    }
    ladder.push_back({*failures, *seconds});
    if (comma == std::string_view::npos) {
      return ladder;
    }
    text.remove_prefix(comma + 1);
  }
  return std::nullopt;
}

std::int32_t lockAfter(const LockLadder& ladder, std::int32_t failures) noexcept {
  std::int32_t seconds = 0;
  for (const auto& step : ladder) {
    seconds = failures >= step.failures ? step.seconds : seconds;
  }
  return seconds;
}

bool beginsStep(const LockLadder& ladder, std::int32_t failures) noexcept {
  return std::any_of(ladder.begin(), ladder.end(),
                     [failures](const LockStep& step) { return step.failures == failures; });
}

}  // namespace ks
