#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/clockInterface.hpp"
#include "core/logging/auditEvent.hpp"
#include "core/uuid.hpp"

// Addresses that may neither register nor sign in. Plain data.
namespace ks {

struct IdentifierBlock {
  Uuid id;
  std::string pattern;  ///< as normalizeIdentifierPattern() writes it
  std::string reason;
  std::optional<Uuid> createdBy;
  TimePoint createdAt;
  std::optional<TimePoint> expiresAt;  ///< none: until it is lifted
  std::optional<TimePoint> liftedAt;
  std::optional<Uuid> liftedBy;
};

struct NewBlock {
  IdentifierBlock block;
  AuditEvent audit;
};

struct BlockLift {
  Uuid id;
  std::optional<Uuid> by;
  TimePoint now;
  AuditEvent audit;
};

struct BlockQuery {
  bool standing = false;  ///< only current ones
  std::uint32_t limit = 50;
  std::string cursor;
  TimePoint now;
};
struct BlockPage {
  std::vector<IdentifierBlock> rows;
  std::string nextCursor;
};

}  // namespace ks
