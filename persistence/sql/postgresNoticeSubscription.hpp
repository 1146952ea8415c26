#pragma once
#include "persistence/backoff.hpp"
#include "persistence/noticeSubscriptionInterface.hpp"
#include "persistence/sql/postgresConfig.hpp"
#include "persistence/sql/postgresConnection.hpp"

namespace ks {

/// NoticeSubscriptionInterface by LISTEN. Connects at the first receive() and again after a lost connection;
/// a connection that has been silent for 15 s is checked.
class PostgresNoticeSubscription final : public NoticeSubscriptionInterface {
 public:
  explicit PostgresNoticeSubscription(PostgresConfig config) : config_(std::move(config)) {}

  Result<std::optional<DatabaseEvent>> receive(Milliseconds wait) override;

 private:
  Result<Done> listen();
  Fault lost(Fault fault, SteadyTime until);
  /// What has been read already.
  std::optional<DatabaseEvent> next();

  PostgresConfig config_;
  PostgresConnection connection_;
  Backoff backoff_;
  SteadyTime lastHeard_;
};

}  // namespace ks
