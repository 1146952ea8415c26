#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "messages/accountRecords.hpp"

namespace ks {

/// Fast copies of sessions, shared by all processes. May lose anything at any time; never the truth. Belongs
/// to one thread.
class SessionCacheInterface {
 public:
  virtual ~SessionCacheInterface() = default;

  /// Stores the copy (without its refresh key) for at most a minute; with `accessTokenSha256` (hex) also the
  /// gateway's note of whose token it is, for `accessTokenTtlS` seconds.
  virtual Result<Done> put(const SessionRecord& session, const std::string& accessTokenSha256,
                           std::uint32_t accessTokenTtlS) = 0;
  virtual Result<std::optional<SessionRecord>> find(Uuid sessionId) = 0;
  /// Removes the copies and tells all processes that these sessions have ended.
  virtual Result<Done> forget(Uuid userId, const std::vector<Uuid>& sessionIds) = 0;
  virtual Result<Done> ping() = 0;
};

}  // namespace ks
