#pragma once
#include "persistence/redisConnectionInterface.hpp"
#include "persistence/sessionCacheInterface.hpp"

namespace ks {

/// SessionCacheInterface on Redis: `kauth:session:{id}` holds the copy, `kauth:token:{sha256 hex}` says whose
/// an access token is (nginx counts by it), removals are published on kSessionsEndedChannel. The connection
/// must outlive it.
class RedisSessionCache final : public SessionCacheInterface {
 public:
  explicit RedisSessionCache(RedisConnectionInterface& connection) : connection_(connection) {}

  Result<Done> put(const SessionRecord& session, const std::string& accessTokenSha256,
                   std::uint32_t accessTokenTtlS) override;
  Result<std::optional<SessionRecord>> find(Uuid sessionId) override;
  Result<Done> forget(Uuid userId, const std::vector<Uuid>& sessionIds) override;
  Result<Done> ping() override;

 private:
  Result<Done> runAll(const std::vector<RedisCommand>& commands);

  RedisConnectionInterface& connection_;
};

}  // namespace ks
