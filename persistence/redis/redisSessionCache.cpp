#include "persistence/redis/redisSessionCache.hpp"

#include "messages/account/sessionNotice.hpp"

namespace ks {

Result<Done> RedisSessionCache::runAll(const std::vector<RedisCommand>& commands) {
  auto values = connection_->run(commands);
  if (!values.ok()) {
    return std::move(values.fault());
  }
  for (const auto& value : values.value()) {
    if (value.isError()) {
      return makeFault(ErrorCode::dependencyUnavailable, "Redis: " + value.text);
    }
  }
  return Done{};
}

Result<Done> RedisSessionCache::put(const SessionRecord& session, const std::string& accessTokenSha256,
                                    std::uint32_t accessTokenTtlS) {
  if (accessTokenSha256.empty() || accessTokenTtlS == 0) {
    return Done{};
  }
  return runAll({{"SET", "kauth:token:" + accessTokenSha256,
                  R"({"sid":")" + session.session.id.toString() + R"(","uid":")" +
                      session.session.userId.toString() + R"("})",
                  "EX", std::to_string(accessTokenTtlS)}});
}

Result<Done> RedisSessionCache::forget(Uuid userId, const std::vector<Uuid>& sessionIds) {
  if (sessionIds.empty()) {
    return Done{};
  }
  return runAll(
      {{"PUBLISH", std::string(kSessionsEndedChannel), SessionsEnded{userId, sessionIds}.toText()}});
}

Result<Done> RedisSessionCache::ping() { return runAll({{"PING"}}); }

}  // namespace ks
