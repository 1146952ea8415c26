#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/auditSealerInterface.hpp"
#include "core/clockInterface.hpp"
#include "core/result.hpp"
#include "persistence/sql/auditChain.hpp"
#include "persistence/sql/postgresSession.hpp"

namespace ks {

/// Keeps the seal at the head of the audit chain (migration auditSeal). Each row that the seal moves over is
/// hashed here again, from the last sealed one: a chain that was rebuilt meanwhile is never
/// sealed. Processes may do it at once. Blocking; belongs to the session's thread, which is connected.
class AuditSealing {
 public:
  AuditSealing(PostgresSession& session, std::shared_ptr<const AuditSealerInterface> sealer)
      : session_(session), sealer_(std::move(sealer)) {}

  /// Moves the seal over rows that were chained since: true when there may be more. A chain or seal that is
  /// not ours is logged once and left as it is.
  Result<bool> next();
  /// Deletes the oldest rows, at most `most`, up to the first that is not older than `before`. How many went.
  Result<std::int64_t> retain(TimePoint before, std::int32_t most);
  /// Begins a seal at the chain's first row, whatever was there: the operator accepts the chain.
  Result<Done> begin();

 private:
  [[nodiscard]] std::string faultOf(const ChainState& chain) const;
  Result<bool> move(const ChainState& from, const AuditChainEnds& to);
  void complain(const std::string& cause);

  PostgresSession& session_;
  std::shared_ptr<const AuditSealerInterface> sealer_;
  std::int64_t highest_ = 0;  ///< that this process has seen sealed
  std::string complaint_;
};

}  // namespace ks
