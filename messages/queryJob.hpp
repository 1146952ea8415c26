#pragma once
#include <memory>
#include <string_view>

#include "messages/storageMessages.hpp"

namespace ks {

class MonitoringEngineInterface;

/// One call of a method of a repository that only the admin process has; see queryThen() in
/// actors/queryJob.hpp. Runs once.
class QueryOperationInterface {
 public:
  virtual ~QueryOperationInterface() = default;
  /// Queues the call; the reply comes with the engine's flush.
  virtual void run(MonitoringEngineInterface& engine, Reply<StorageOutcome> reply) = 0;
  /// The method, for spans.
  [[nodiscard]] virtual std::string_view name() const = 0;
};

/// As StorageJob, for a query storage of the admin process.
struct QueryJob {
  RequestContext context;
  std::shared_ptr<QueryOperationInterface> operation;
};

}  // namespace ks
