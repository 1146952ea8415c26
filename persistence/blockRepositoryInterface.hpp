#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "core/result.hpp"
#include "messages/security/blockRecords.hpp"

namespace ks {

/// Storage of blocked addresses. Blocking, within the database timeout; belongs to one thread.
class BlockRepositoryInterface {
 public:
  virtual ~BlockRepositoryInterface() = default;

  /// Nothing when the pattern is blocked already. rankTooLow, permissionDenied: it names an account on which
  /// `createdBy` may not act.
  virtual Result<std::optional<IdentifierBlock>> add(const NewBlock& block) = 0;
  /// The block as it is afterwards; notFound.
  virtual Result<IdentifierBlock> lift(const BlockLift& lift) = 0;
  /// Newest first. cursorInvalid.
  virtual Result<BlockPage> list(const BlockQuery& query) = 0;
};

using BlockRepositoryFactory = std::function<std::unique_ptr<BlockRepositoryInterface>()>;

}  // namespace ks
