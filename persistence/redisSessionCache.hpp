#pragma once
#include <memory>
#include <utility>

#include "persistence/redisConnectionInterface.hpp"
#include "persistence/sessionCacheInterface.hpp"

namespace ks {

/// SessionCacheInterface on Redis: `kauth:session:{id}` holds the copy, `kauth:token:{sha256 hex}` says whose
/// an access token is (nginx counts by it), removals are published on kSessionsEndedChannel.
///
/// A session that has ended leaves a tombstone under its key for longer than a copy lives, and a copy is only
/// written where the key is free: a look-up that began before the end cannot bring the session back.
class RedisSessionCache final : public SessionCacheInterface {
 public:
  explicit RedisSessionCache(std::unique_ptr<RedisConnectionInterface> connection)
      : connection_(std::move(connection)) {}

  Result<Done> put(const SessionRecord& session, const std::string& accessTokenSha256,
                   std::uint32_t accessTokenTtlS) override;
  Result<std::optional<SessionRecord>> find(Uuid sessionId) override;
  Result<Done> forget(Uuid userId, const std::vector<Uuid>& sessionIds) override;
  Result<Done> ping() override;

 private:
  Result<Done> runAll(const std::vector<RedisCommand>& commands);

  std::unique_ptr<RedisConnectionInterface> connection_;
};

}  // namespace ks
