#pragma once
#include <functional>
#include <memory>
#include <string_view>

#include "core/result.hpp"
#include "messages/accountRecords.hpp"
#include "messages/requestContext.hpp"

namespace ks {

class StorageEngineInterface;

/// What came of a storage operation: a value of the type that whoever asked knows.
struct StorageOutcome {
  std::shared_ptr<void> value;
};

/// One call of a repository's method, to be made by a storage actor; see storageJob() in
/// actors/storageJob.hpp. Runs once.
class StorageOperationInterface {
 public:
  virtual ~StorageOperationInterface() = default;
  /// Queues the call; the reply comes with the engine's flush.
  virtual void run(StorageEngineInterface& engine, Reply<StorageOutcome> reply) = 0;
  /// The method, for spans.
  [[nodiscard]] virtual std::string_view name() const = 0;
};

/// An operation for a storage actor, in the name of a request: dropped unseen when the request's deadline has
/// passed.
struct StorageJob {
  RequestContext context;
  std::shared_ptr<StorageOperationInterface> operation;
};

/// The same for the query storages of the admin process, whose operations are messages of their own.
template <class Operation>
struct StorageCall {
  RequestContext context;
  Operation operation;
};

/// Asks a cache whether it is there.
struct Ping {};

struct VerifyEmailToken {
  std::vector<Bytes> possibleHashes;  ///< of one token, under every master key
  TimePoint now;
  AuditEvent audit{};  ///< of whoever the token turns out to belong to
};
struct OpenSession {
  NewSession session;
  AuditEvent audit{};
  std::int64_t sessionEpoch = 0;  ///< of the account when its password was checked
};

}  // namespace ks
