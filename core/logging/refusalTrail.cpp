#include "core/logging/refusalTrail.hpp"

#include <utility>

#include "core/network/ipAddress.hpp"
#include "core/text/timeText.hpp"

namespace ks {
namespace {

/// Reasons are names from the code; more than these at one source are counted together.
constexpr std::size_t kMostReasons = 32;
constexpr const char* kOtherReasons = "other";

std::string countingPrefix(const std::string& ip) {
  const auto address = IpAddress::parse(ip);
  return address ? address->countingPrefix() : std::string{};
}

}  // namespace

void RefusalTrail::Tally::add(const std::string& reason, std::uint64_t more) {
  count += more;
  const bool room = byReason.size() < kMostReasons || byReason.contains(reason);
  byReason[room ? reason : kOtherReasons] += more;
}

void RefusalTrail::Tally::add(const Tally& other) {
  for (const auto& [reason, more] : other.byReason) {
    add(reason, more);
  }
}

RefusalTrail::RefusalTrail(EventInbox& inbox, UuidGenerator& uuids, const ClockInterface& clock,
                           Limits limits)
    : inbox_(inbox), uuids_(uuids), clock_(clock), limits_(limits), windowBegan_(clock.now()) {}

void RefusalTrail::note(AuditEvent event) {
  if (event.id.isNil()) {
    return;
  }
  const bool signedIn = !event.sessionId.isNil();
  const auto key = signedIn ? event.actorType + " " + event.actorId : countingPrefix(event.ip);
  const std::lock_guard lock(mutex_);
  ++counters_.refusals;
  auto& sources = signedIn ? callers_ : addresses_;
  auto found = sources.each.find(key);
  if (found == sources.each.end()) {
    if (sources.each.size() >= limits_.sources) {
      ++counters_.counted;
      sources.others.add(event.reason, 1);
      return;
    }
    found = sources.each.emplace(key, Source{}).first;
    auto& source = found->second;
    source.actorType = event.actorType;
    source.actorId = event.actorId;
    source.ip = event.ip;
    source.sessionId = event.sessionId;
  }
  auto& source = found->second;
  auto reason = event.reason;
  if (source.written < limits_.atOnce && sources.written < limits_.entries &&
      inbox_.offer(std::move(event))) {
    ++source.written;
    ++sources.written;
    return;
  }
  ++counters_.counted;
  source.tally.add(reason, 1);
}

void RefusalTrail::writeCounts(bool atOnce) {
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (!atOnce && now - windowBegan_ < limits_.window) {
    return;
  }
  writeCounts(callers_, now);
  writeCounts(addresses_, now);
  windowBegan_ = now;
}

void RefusalTrail::writeCounts(Sources& sources, TimePoint now) {
  std::uint32_t written = 0;
  for (auto& [key, source] : sources.each) {
    if (source.tally.count == 0) {
      continue;
    }
    auto event = summary(source.tally, now);
    event.actorType = source.actorType;
    event.actorId = source.actorId;
    event.ip = source.ip;
    event.sessionId = source.sessionId;
    if (written < limits_.entries && inbox_.offer(std::move(event))) {
      ++written;
    } else {
      sources.others.add(source.tally);
    }
  }
  sources.each.clear();
  if (sources.others.count > 0) {
    auto event = summary(sources.others, now);
    event.actorType = "system";
    if (inbox_.offer(std::move(event))) {
      sources.others = {};
      ++written;
    }
  }
  sources.written = written;
}

AuditEvent RefusalTrail::summary(const Tally& tally, TimePoint now) {
  AuditEvent event;
  event.id = uuids_.next();
  event.at = now;
  event.action = "request.refuse";
  event.outcome = AuditOutcome::deny;
  event.reason = "repeated";
  event.after = {{"count", static_cast<unsigned long>(tally.count)}, {"since", formatTime(windowBegan_)}};
  for (const auto& [reason, count] : tally.byReason) {
    event.after.emplace_back(reason, static_cast<unsigned long>(count));
  }
  return event;
}

RefusalTrail::Counters RefusalTrail::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace ks
