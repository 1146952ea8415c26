#include "actors/platform/settingsActor.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/runtime/auditNote.hpp"
#include "actors/runtime/guarded.hpp"
#include "core/settings/settingsTable.hpp"

namespace ks {
namespace {

constexpr Milliseconds kSettingsWatch{500};
/// An unconditional change that conflicts with another one is retried.
constexpr int kChangeAttempts = 5;
constexpr const char* kRateLimitsKey = "ksysadmin:settings:rate_limits";
/// How long Redis keeps the limits after the last admin process has stopped.
constexpr const char* kRateLimitsLifeS = "604800";
constexpr std::chrono::seconds kRenewEvery{60};

struct GatewayLimit {
  std::string_view variable;
  std::string_view name;  ///< in nginx/lua/limits.lua
};
constexpr std::array<GatewayLimit, 5> kGatewayLimits{{{"K_RATE_LIMIT_LOGIN", "login"},
                                                      {"K_RATE_LIMIT_REGISTER", "register"},
                                                      {"K_RATE_LIMIT_SESSION", "session"},
                                                      {"K_RATE_LIMIT_PAYMENT", "payment"},
                                                      {"K_RATE_LIMIT_ADMIN", "admin"}}};

Fault faultOf(const std::vector<SettingFault>& faults) {
  auto fault = makeFault(ErrorCode::validationFailed);
  for (const auto& one : faults) {
    fault.details.push_back({"settings." + one.variable, ErrorCode::invalidFormat, one.cause});
  }
  return fault;
}

/// Names and texts; a setting from another source is an empty text.
AuditFields fieldsOf(const SettingWishes& wishes) {
  AuditFields fields;
  for (const auto& [variable, value] : wishes) {
    fields.emplace_back(variable, value.value_or(std::string{}));
  }
  return fields;
}

}  // namespace

void publishSettings(SettingsBoard& board, const LoadedSettings& base, const StoredSettingsState& state) {
  auto layered = layerSettings(base, state.values);
  for (const auto& fault : layered.faults) {
    logWarning("settings.notAllowed", "A setting in the database is not allowed and is ignored",
               {{"variable", fault.variable}, {"value", fault.value}, {"cause", fault.cause}});
  }
  setLogLevel(layered.settings.logLevel);
  board.publish({std::move(layered), state.version});
}

std::string rateLimitText(const StoredSettings& stored) {
  std::string text;
  for (const auto& limit : kGatewayLimits) {
    if (const auto found = stored.find(limit.variable); found != stored.end()) {
      text.append(text.empty() ? "{\"" : ",\"").append(limit.name).append("\":").append(found->second);
    }
  }
  return text.empty() ? text : text + "}";
}

SettingsState::SettingsState(SettingsActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                             SettingsDependencies dependencies)
    : self(selfPointer),
      probe_(std::move(probe)),
      deps_(std::move(dependencies)),
      repository_(deps_.makeRepository()),
      redis_(deps_.makeRedis ? deps_.makeRedis() : nullptr) {}

SettingsActor::behavior_type SettingsState::make_behavior() {
  compat::tell(self, SettingsActor{self}, TickAtom_v);
  return {
      guarded(self, probe_, [this](ChangeSettings& wish) { return answerOf(*probe_, change(wish)); }),
      guarded(self, probe_,
              [this](ListSettingsHistory& list) { return answerOf(*probe_, repository_->history(list)); }),
      guarded(self, probe_,
              [this](RedisNotice& notice) {
                if (notice.gap || notice.channel == kSettingsChangedChannel) {
                  look(false);
                }
              }),
      guarded(self, probe_, [this](TickAtom) { watch(); }),
  };
}

void SettingsState::watch() {
  compat::tellAfter(self, caf::timespan{kSettingsWatch}, SettingsActor{self}, TickAtom_v);
  if (look(false).ok()) {
    tellRedis(false);
  }
}

Result<Done> SettingsState::look(bool force) {
  if (state_ && !force) {
    auto version = repository_->version();
    if (!version.ok()) {
      probe_->note(version.fault());
      return std::move(version.fault());
    }
    if (version.value() == state_->version) {
      return Done{};
    }
  }
  auto state = repository_->load();
  if (!state.ok()) {
    probe_->note(state.fault());
    return std::move(state.fault());
  }
  const bool news = !state_ || state_->version != state.value().version;
  state_ = std::move(state.value());
  if (news && deps_.board->current()->version != state_->version) {
    publishSettings(*deps_.board, *deps_.base, *state_);
    logInfo("settings.changed", "Settings of the database are in force", {{"version", state_->version}});
  }
  return Done{};
}

SettingWishes SettingsState::differences(const SettingWishes& wishes) const {
  SettingWishes different;
  for (const auto& [variable, value] : wishes) {
    const auto stored = state_->values.find(variable);
    const bool same = stored == state_->values.end() ? !value : value == stored->second;
    if (!same) {
      different.emplace(variable, value);
    }
  }
  return different;
}

Result<LiveSettingsPtr> SettingsState::change(const ChangeSettings& wish) {
  StoredSettings given;
  for (const auto& [variable, value] : wish.wishes) {
    if (value) {
      given.emplace(variable, *value);
    }
  }
  if (const auto layered = layerSettings(*deps_.base, given); !layered.faults.empty()) {
    return faultOf(layered.faults);
  }
  for (int attempt = 0; attempt < kChangeAttempts; ++attempt) {
    if (auto read = look(false); !read.ok()) {
      return std::move(read.fault());
    }
    if (wish.expectedVersion && *wish.expectedVersion != state_->version) {
      return ErrorCode::versionMismatch;
    }
    const auto different = differences(wish.wishes);
    if (different.empty()) {
      return deps_.board->current();
    }
    if (auto refused = refusalOfGuarded(wish.context, different)) {
      return std::move(*refused);
    }
    auto version = store(wish, different);
    if (!version.ok()) {
      return std::move(version.fault());
    }
    if (!version.value()) {
      continue;
    }
    if (auto read = look(true); !read.ok()) {
      return std::move(read.fault());
    }
    tellRedis(true);
    return deps_.board->current();
  }
  return ErrorCode::versionMismatch;
}

// The right to change settings does not include those that protect others' accounts. The operator has
// no principal; a key is not a person who can confirm.
std::optional<Fault> SettingsState::refusalOfGuarded(const RequestContext& context,
                                                     const SettingWishes& different) const {
  if (!context.principal) {
    return std::nullopt;
  }
  const auto& roles = context.principal->roles;
  if (!context.principal->keyId && std::find(roles.begin(), roles.end(), "superadmin") != roles.end()) {
    return std::nullopt;
  }
  const auto guarded = std::find_if(different.begin(), different.end(), [](const auto& wish) {
    const auto* const setting = findSetting(wish.first);
    return setting == nullptr || setting->live == LiveFor::superadmins;
  });
  if (guarded == different.end()) {
    return std::nullopt;
  }
  auto event = auditOf(deps_.environment, context, "settings.change", AuditOutcome::deny);
  event.reason = "superadmins_only";
  event.targetType = "setting";
  event.targetId = guarded->first;
  auto fault = makeFault(ErrorCode::permissionDenied);
  fault.field = "settings." + guarded->first;
  fault.message =
      guarded->first + " guards security: only a superadmin may change it, or kctl on the machine";
  return refusal(std::move(fault), std::move(event));
}

Result<std::optional<std::int64_t>> SettingsState::store(const ChangeSettings& wish,
                                                         const SettingWishes& different) {
  SettingWishes before;
  for (const auto& [variable, value] : different) {
    const auto stored = state_->values.find(variable);
    before.emplace(
        variable, stored == state_->values.end() ? std::nullopt : std::optional<std::string>{stored->second});
  }
  NewSettingsChange change;
  change.expectedVersion = state_->version;
  change.wishes = different;
  change.requestId = wish.context.requestId;
  change.now = deps_.environment.clock.now();
  change.audit = auditOf(deps_.environment, wish.context, "settings.change");
  if (wish.context.principal) {
    change.by = wish.context.principal->userId;
  } else {
    change.audit.actorType = "operator";
  }
  change.audit.targetType = "setting";
  change.audit.targetId = different.size() == 1 ? different.begin()->first : std::string{};
  change.audit.before = fieldsOf(before);
  change.audit.after = fieldsOf(different);
  return repository_->change(change);
}

void SettingsState::tellRedis(bool changed) {
  if (!redis_ || !state_) {
    return;
  }
  const auto wanted = rateLimitText(state_->values);
  auto there = redis_->run({{"GET", kRateLimitsKey}});
  if (!there.ok()) {
    probe_->note(there.fault());
    return;
  }
  std::vector<RedisCommand> commands;
  const auto now = self->clock().now();
  const auto& found = there.value().front();
  if (found.isError() || found.text != wanted || (!wanted.empty() && now >= renewAt_)) {
    renewAt_ = now + kRenewEvery;
    commands.push_back(wanted.empty() ? RedisCommand{"DEL", kRateLimitsKey}
                                      : RedisCommand{"SET", kRateLimitsKey, wanted, "EX", kRateLimitsLifeS});
  }
  if (changed) {
    commands.push_back({"PUBLISH", std::string{kSettingsChangedChannel}, std::to_string(state_->version)});
  }
  if (commands.empty()) {
    return;
  }
  if (auto sent = redis_->run(commands); !sent.ok()) {
    probe_->note(sent.fault());
  }
}

}  // namespace ks
