#pragma once
#include <string>
#include <vector>

#include "core/result.hpp"
#include "messages/account/accountRecords.hpp"

namespace ks {

/// Publishes sessions to other processes and the gateway. May lose anything at any time; never the truth.
/// Belongs to one thread.
class SessionCacheInterface {
 public:
  virtual ~SessionCacheInterface() = default;

  /// Stores the owner of the token with this SHA-256 (hex) for the gateway, for `accessTokenTtlS` seconds.
  virtual Result<Done> put(const SessionRecord& session, const std::string& accessTokenSha256,
                           std::uint32_t accessTokenTtlS) = 0;
  /// Tells all processes that these sessions have ended.
  virtual Result<Done> forget(Uuid userId, const std::vector<Uuid>& sessionIds) = 0;
  virtual Result<Done> ping() = 0;
};

}  // namespace ks
