#pragma once
#include <memory>
#include <utility>

#include "persistence/redisConnectionInterface.hpp"
#include "persistence/sessionCacheInterface.hpp"

namespace ks {

/// SessionCacheInterface on Redis: `kauth:token:{sha256 hex}` says whose an access token is; ends are
/// published on kSessionsEndedChannel.
class RedisSessionCache final : public SessionCacheInterface {
 public:
  explicit RedisSessionCache(std::unique_ptr<RedisConnectionInterface> connection)
      : connection_(std::move(connection)) {}

  Result<Done> put(const SessionRecord& session, const std::string& accessTokenSha256,
                   std::uint32_t accessTokenTtlS) override;
  Result<Done> forget(Uuid userId, const std::vector<Uuid>& sessionIds) override;
  Result<Done> ping() override;

 private:
  Result<Done> runAll(const std::vector<RedisCommand>& commands);

  std::unique_ptr<RedisConnectionInterface> connection_;
};

}  // namespace ks
