#include "actors/platform/healthActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/platform/storageJob.hpp"
#include "actors/runtime/guarded.hpp"
#include "core/logging/logging.hpp"
#include "crypto/cryptoSelfTest.hpp"

namespace ks {
namespace {

constexpr std::size_t kChecks = 3;
/// Callers while a round is in progress; each round takes at most the check timeout, so it is never reached
/// by honest callers.
constexpr std::size_t kMaxWaiting = 1024;

double millisecondsOf(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

const HealthCheck* findCheck(const HealthReport& report, std::string_view name) {
  const auto it = std::find_if(report.checks.begin(), report.checks.end(),
                               [&](const HealthCheck& check) { return check.name == name; });
  return it == report.checks.end() ? nullptr : &*it;
}

}  // namespace

HealthState::HealthState(HealthActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                         HealthDependencies dependencies)
    : self(selfPointer), probe_(std::move(probe)), deps_(std::move(dependencies)) {}

HealthActor::behavior_type HealthState::make_behavior() {
  compat::tell(self, HealthActor{self}, TickAtom_v);
  return {
      guarded(self, probe_,
              [this](CheckHealth&) -> caf::result<HealthReport> {
                const auto last = deps_.board->latest();
                // Only the caller that begins a round waits for it: a dependency that hangs must not collect
                // callers.
                if (last && (open_ > 0 || self->clock().now() - lastRound_ < deps_.minInterval)) {
                  return *last;
                }
                if (waiting_.size() >= kMaxWaiting) {
                  return toCafError(makeFault(ErrorCode::overloaded));
                }
                auto promise = self->make_response_promise<HealthReport>();
                waiting_.push_back(promise);
                startRound();
                return promise;
              }),
      guarded(self, probe_,
              [this](TickAtom) {
                compat::tellAfter(self, std::min<caf::timespan>(deps_.storeEvery, std::chrono::seconds{5}),
                                  HealthActor{self}, TickAtom_v);
                startRound();
              }),
  };
}

void HealthState::startRound() {
  if (open_ > 0) {
    return;
  }
  open_ = kChecks + (deps_.gateway ? 1 : 0);
  lastRound_ = self->clock().now();
  round_ = HealthReport{};
  round_.at = deps_.environment.clock.now();
  check<StorageOutcome>("database", true, deps_.storage.pick(), storageJob({}, PingStorage{}));
  check<Done>("redis", false, deps_.sessionCache.get(), Ping{});
  if (deps_.gateway) {
    finished(deps_.gateway());
  }
  const auto begin = self->clock().now();
  const auto crypto = cryptoRoundTrip(deps_.crypto->cipher);
  finished({"crypto", crypto.ok(), true, millisecondsOf(self->clock().now() - begin),
            crypto.ok() ? std::string{} : crypto.fault().detail});
}

template <class Out, class Target, class Message>
void HealthState::check(const std::string& name, bool required, const Target& target, Message message) {
  const auto begin = self->clock().now();
  compat::ask(self, target, caf::timespan{deps_.checkTimeout}, std::move(message))
      .then(
          [this, name, required, begin](Out&) {
            finished({name, true, required, millisecondsOf(self->clock().now() - begin), {}});
          },
          [this, name, required, begin](caf::error& error) {
            const auto fault = faultFromCafError(error);
            finished({name, false, required, millisecondsOf(self->clock().now() - begin),
                      fault.detail.empty() ? std::string{describe(fault.code).message} : fault.detail});
          });
}

void HealthState::finished(HealthCheck check) {
  round_.checks.push_back(std::move(check));
  if (--open_ > 0) {
    return;
  }
  const auto before = deps_.board->latest();
  for (const auto& now : round_.checks) {
    const auto* then = before ? findCheck(*before, now.name) : nullptr;
    if (then ? then->up != now.up : !now.up) {
      logLine(now.up ? LogLevel::info : LogLevel::error, now.up ? LogType::application : LogType::error,
              now.up ? "health.up" : "health.down", now.up ? "A dependency is back" : "A dependency is down",
              {{"check", now.name}, {"error", now.error}});
    }
  }
  deps_.board->publish(round_);
  for (auto& promise : std::exchange(waiting_, {})) {
    promise.deliver(round_);
  }
  if (lastStored_ == std::chrono::steady_clock::time_point{} ||
      self->clock().now() - lastStored_ >= deps_.storeEvery) {
    lastStored_ = self->clock().now();
    store(round_);
  }
}

void HealthState::store(const HealthReport& report) {
  HealthSnapshot snapshot;
  snapshot.id = deps_.environment.uuids.next();
  snapshot.at = report.at;
  snapshot.process = deps_.process;
  if (const auto* check = findCheck(report, "database")) {
    snapshot.databaseUp = check->up;
    snapshot.databaseLatencyMs = check->latencyMs;
  }
  if (const auto* check = findCheck(report, "redis")) {
    snapshot.redisUp = check->up;
    snapshot.redisLatencyMs = check->latencyMs;
  }
  if (const auto* check = findCheck(report, "crypto")) {
    snapshot.cryptoUp = check->up;
    snapshot.cryptoLatencyMs = check->latencyMs;
  }
  storeOwn(
      self, deps_.checkTimeout, deps_.storage, InsertHealthSnapshot{std::move(snapshot)}, [](Done&) {},
      [this](const Fault& fault) { probe_->noteError(fault.detail); });
}

}  // namespace ks
