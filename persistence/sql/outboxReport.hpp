#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/uuid.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// A mail that was not sent, without what is sealed.
struct OutboxEntry {
  Uuid id;
  std::string mailTemplate;
  TimePoint createdAt;
  std::int64_t attempts = 0;
  std::optional<TimePoint> nextTryAt;  ///< nothing: given up
  std::string lastError;
};

/// Those that wait and those given up that are no more than a week old, the newest 100 together.
Result<std::vector<OutboxEntry>> readOutbox(PostgresSession& session);

}  // namespace ks
