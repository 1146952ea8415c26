#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "core/result.hpp"
#include "messages/platform/requestContext.hpp"

namespace ks {

class StorageEngineInterface;
class MonitoringEngineInterface;

/// The outcome of a storage operation: a value of the type that the caller knows.
struct StorageOutcome {
  std::shared_ptr<void> value;
};

/// An operation with its input, to be run by the actor that has the engine; see
/// actors/platform/storageJob.hpp. Runs once.
template <class Engine>
class OperationInterface {
 public:
  virtual ~OperationInterface() = default;
  /// Queues it; the reply comes with the engine's flush.
  virtual void run(Engine& engine, Reply<StorageOutcome> reply) = 0;
  /// For spans.
  [[nodiscard]] virtual std::string_view name() const = 0;
};

/// An operation on behalf of a request: dropped when the request's deadline has passed.
template <class Engine>
struct EngineJob {
  RequestContext context;
  std::shared_ptr<OperationInterface<Engine>> operation;
};
/// For a storage actor.
using StorageJob = EngineJob<StorageEngineInterface>;
/// For a query storage of the admin process, whose operations are others.
using QueryJob = EngineJob<MonitoringEngineInterface>;

/// As QueryJob, for operations that are messages of their own.
template <class Operation>
struct StorageCall {
  RequestContext context;
  Operation operation;
};

/// Asks a cache whether it is there.
struct Ping {};

}  // namespace ks
