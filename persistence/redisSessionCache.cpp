#include "persistence/redisSessionCache.hpp"

#include "messages/sessionNotice.hpp"
#include "persistence/sessionText.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kSessionCopyS = 60;
/// Longer than a copy lives and a look-up may take.
constexpr const char* kTombstoneS = "120";
constexpr const char* kTombstone = "ended";

std::string sessionKey(const Uuid& id) { return "kauth:session:" + id.toString(); }

}  // namespace

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
  std::vector<RedisCommand> commands{{"SET", sessionKey(session.session.id), sessionToText(session), "EX",
                                      std::to_string(kSessionCopyS), "NX"}};
  if (!accessTokenSha256.empty() && accessTokenTtlS > 0) {
    commands.push_back({"SET", "kauth:token:" + accessTokenSha256,
                        R"({"sid":")" + session.session.id.toString() + R"(","uid":")" +
                            session.session.userId.toString() + R"("})",
                        "EX", std::to_string(accessTokenTtlS)});
  }
  return runAll(commands);
}

Result<std::optional<SessionRecord>> RedisSessionCache::find(Uuid sessionId) {
  using Found = std::optional<SessionRecord>;
  auto value = connection_->runOne({"GET", sessionKey(sessionId)});
  if (!value.ok()) {
    return std::move(value.fault());
  }
  Found session = sessionFromText(value.value().text);
  if (session && session->session.id != sessionId) {
    return Found();
  }
  return session;
}

Result<Done> RedisSessionCache::forget(Uuid userId, const std::vector<Uuid>& sessionIds) {
  if (sessionIds.empty()) {
    return Done{};
  }
  std::vector<RedisCommand> commands;
  commands.reserve(sessionIds.size() + 1);
  for (const auto& id : sessionIds) {
    commands.push_back({"SET", sessionKey(id), kTombstone, "EX", kTombstoneS});
  }
  commands.push_back(
      {"PUBLISH", std::string(kSessionsEndedChannel), SessionsEnded{userId, sessionIds}.toText()});
  return runAll(commands);
}

Result<Done> RedisSessionCache::ping() { return runAll({{"PING"}}); }

}  // namespace ks
