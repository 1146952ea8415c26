#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "messages/administration/settingsMessages.hpp"
#include "persistence/redisConnectionInterface.hpp"
#include "persistence/settingsRepositoryInterface.hpp"

namespace ks {

struct SettingsDependencies {
  ActorEnvironment environment;
  std::shared_ptr<const LoadedSettings> base;  ///< what this process was started with
  std::shared_ptr<SettingsBoard> board;
  SettingsRepositoryFactory makeRepository;
  RedisConnectionFactory makeRedis;  ///< null: this process does not publish to Redis
};

/// Publishes the database's values on the board. A value that is not (or no longer) allowed is ignored and
/// logged.
void publishSettings(SettingsBoard& board, const LoadedSettings& base, const StoredSettingsState& state);

/// The rate limits among `stored` as the gateway reads them (nginx/lua/limits.lua); empty: there are none.
[[nodiscard]] std::string rateLimitText(const StoredSettings& stored);

/// See SettingsActor. Blocks (PostgreSQL, Redis), so it is spawned detached. Polls twice a second, so a
/// change arrives within a second without Redis too.
struct SettingsState {
  SettingsState(SettingsActor::pointer self, std::shared_ptr<ActorProbe> probe,
                SettingsDependencies dependencies);
  SettingsActor::behavior_type make_behavior();

  SettingsActor::pointer self;

 private:
  Result<LiveSettingsPtr> change(const ChangeSettings& wish);
  Result<std::optional<std::int64_t>> store(const ChangeSettings& wish, const SettingWishes& different);
  [[nodiscard]] SettingWishes differences(const SettingWishes& wishes) const;
  Result<Done> look(bool force);
  void watch();
  void tellRedis(bool changed);
  [[nodiscard]] std::optional<Fault> refusalOfGuarded(const RequestContext& context,
                                                      const SettingWishes& different) const;

  std::shared_ptr<ActorProbe> probe_;
  SettingsDependencies deps_;
  std::unique_ptr<SettingsRepositoryInterface> repository_;
  std::unique_ptr<RedisConnectionInterface> redis_;
  std::optional<StoredSettingsState> state_;  ///< none: not read yet
  std::chrono::steady_clock::time_point renewAt_{};
};

}  // namespace ks
