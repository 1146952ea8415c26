#include "persistence/sql/postgresNoticeSubscription.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace ks {
namespace {

constexpr std::chrono::seconds kNoticeSilence{15};
constexpr Milliseconds kLifeTimeout{5'000};

}  // namespace

Result<Done> PostgresNoticeSubscription::listen() {
  const auto deadline = std::chrono::steady_clock::now() + config_.timeout;
  if (auto opened = connection_.open(config_, deadline); !opened.ok()) {
    return opened;
  }
  auto listening =
      connection_.runText(std::string("LISTEN ") + kAccessChannel + "; LISTEN " + kKeysChannel, deadline);
  lastHeard_ = std::chrono::steady_clock::now();
  return listening;
}

Fault PostgresNoticeSubscription::lost(Fault fault, SteadyTime until) {
  connection_.close();
  backoff_.failed(std::chrono::steady_clock::now());
  std::this_thread::sleep_until(std::min(until, std::chrono::steady_clock::now() + Milliseconds(1'000)));
  return fault;
}

std::optional<DatabaseEvent> PostgresNoticeSubscription::next() {
  const std::unique_ptr<PGnotify, void (*)(void*)> notice(PQnotifies(connection_.raw()), PQfreemem);
  if (!notice) {
    return std::nullopt;
  }
  return DatabaseEvent{DatabaseEvent::Kind::notice, notice->relname, notice->extra};
}

Result<std::optional<DatabaseEvent>> PostgresNoticeSubscription::receive(Milliseconds wait) {
  using Event = std::optional<DatabaseEvent>;
  const auto end = std::chrono::steady_clock::now() + wait;
  if (!connection_.isOpen()) {
    if (backoff_.waiting(std::chrono::steady_clock::now())) {
      std::this_thread::sleep_until(std::min(end, std::chrono::steady_clock::now() + Milliseconds(50)));
      return makeFault(ErrorCode::dependencyUnavailable, "waiting to connect to the database again");
    }
    if (auto listening = listen(); !listening.ok()) {
      return lost(std::move(listening.fault()), end);
    }
    backoff_.succeeded();
    return Event(DatabaseEvent{DatabaseEvent::Kind::gap, {}, {}});
  }
  for (;;) {
    if (auto event = next()) {
      return Event(std::move(event));
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - lastHeard_ > kNoticeSilence) {
      if (auto alive = connection_.runText("SELECT 1", now + kLifeTimeout); !alive.ok()) {
        return lost(std::move(alive.fault()), end);
      }
      lastHeard_ = std::chrono::steady_clock::now();
      continue;
    }
    const auto ready = connection_.wait(false, std::min(end, lastHeard_ + kNoticeSilence + Milliseconds(1)));
    if (ready == PostgresConnection::Ready::timeout) {
      if (std::chrono::steady_clock::now() >= end) {
        return Event();
      }
      continue;
    }
    if (ready == PostgresConnection::Ready::broken || PQconsumeInput(connection_.raw()) == 0) {
      return lost(makeFault(ErrorCode::dependencyUnavailable, "listening: " + connection_.message()), end);
    }
    lastHeard_ = std::chrono::steady_clock::now();
  }
}

}  // namespace ks
