#pragma once
#include <optional>

#include "core/result.hpp"
#include "messages/monitoring/collectorRecords.hpp"
#include "persistence/redisConnectionInterface.hpp"

namespace ks {

/// Takes the gateway's list of violations off Redis without losing or doubling an entry: the list is renamed
/// and marked with a token at once, stored under that token, and only then deleted; a process that finds a
/// renamed list continues with it. Belongs to one thread.
class ViolationDrain {
 public:
  ViolationDrain(RedisConnectionInterface& redis, UuidGenerator& uuids) : redis_(redis), uuids_(uuids) {}

  /// The waiting entries, at most the list's bound; nothing if there are none.
  Result<std::optional<ViolationBatch>> take(TimePoint now);
  /// Deletes the taken list; the batch must have been stored.
  Result<Done> forget(const Uuid& token);

 private:
  RedisConnectionInterface& redis_;
  UuidGenerator& uuids_;
};

}  // namespace ks
