#pragma once
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "core/network/ipAddress.hpp"
#include "messages/security/banMessages.hpp"
#include "persistence/banRepositoryInterface.hpp"
#include "persistence/redisConnectionInterface.hpp"

namespace ks {

struct BanConfig {
  std::vector<IpNetwork> trustedProxies;
  std::chrono::seconds longestByRule{std::chrono::days{7}};
};

/// Why a network cannot be banned by anyone; empty: it can. `caller`: the caller's address, or
/// nothing.
[[nodiscard]] std::string protectionOf(const IpNetwork& network, const BanConfig& config,
                                       const std::optional<IpAddress>& caller);

/// See BanActor. Blocks (PostgreSQL, Redis), so it is spawned detached.
///
/// Redis holds a key a ban that ends with it, and a mark: where the mark is missing (an empty Redis)
/// everything is put again. Looked at twice a second; everything is put again once in half a minute in any
/// case. Keys of bans that PostgreSQL does not know, written by something else, are
/// removed: each check scans a part of all keys.
struct BanState {
  BanState(BanActor::pointer self, std::shared_ptr<ActorProbe> probe, ActorEnvironment environment,
           BanConfig config, const BanRepositoryFactory& makeRepository,
           const RedisConnectionFactory& makeRedis);
  BanActor::behavior_type make_behavior();

  BanActor::pointer self;

 private:
  Result<IpBan> add(const AddBan& wish);
  Result<IpBan> lift(const LiftBan& wish);
  Result<Done> synchronize();
  Result<Done> takeOutForged();
  Result<Done> remove(const std::vector<std::string>& suspects);
  Result<StandingBans> readStanding();
  Result<Done> send(const std::vector<RedisCommand>& commands);
  void push(const std::vector<RedisCommand>& commands);
  void watch();

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  BanConfig config_;
  std::unique_ptr<BanRepositoryInterface> repository_;
  std::unique_ptr<RedisConnectionInterface> redis_;
  std::unordered_set<std::string> known_;  ///< keys of the bans that stood when PostgreSQL was last asked
  std::string scanCursor_ = "0";
  bool dirty_ = true;
  std::chrono::steady_clock::time_point nextSync_{};
};

}  // namespace ks
