#include "monitoring/security/banActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/runtime/auditNote.hpp"
#include "actors/runtime/guarded.hpp"
#include "core/network/banNetwork.hpp"

namespace ks {
namespace {

constexpr Milliseconds kBanWatch{500};
constexpr std::chrono::seconds kBanSyncEvery{30};
constexpr const char* kBanMark = "ksysadmin:bans";
constexpr std::size_t kCommandsAtOnce = 5000;
constexpr const char* kBanKeys = "ksysadmin:ban:*";  // core/network/banNetwork.cpp makes them
/// Keys of all kinds that Redis looks at in one answer, and answers at one look: 40,000 keys a second.
constexpr const char* kScanStep = "2000";
constexpr int kScansAtOnce = 10;
/// Redis may forget a ban a little later than it ends.
constexpr std::chrono::seconds kScanGrace{5};

RedisCommand putCommand(const IpBan& ban, TimePoint now) {
  const auto network = parseBanNetwork(ban.network);
  const auto left = std::max<std::int64_t>(1, (ban.expiresAt - now).count());
  return {"SET", banKey(*network), ban.id.toString(), "PX", std::to_string(left)};
}

AuditEvent banEvent(const ActorEnvironment& environment, const RequestContext& context, const char* action,
                    const std::string& rule) {
  auto event = auditOf(environment, context, action);
  event.targetType = "ban";
  if (!rule.empty()) {
    event.actorType = "rule";
    event.actorId = rule;
  } else if (!context.principal) {
    event.actorType = "operator";
  }
  return event;
}

Fault protectedFault(std::string message) {
  return fieldFault(ErrorCode::addressProtected, "address", std::move(message));
}

}  // namespace

std::string protectionOf(const IpNetwork& network, const BanConfig& config,
                         const std::optional<IpAddress>& caller) {
  if (caller && network.contains(*caller)) {
    return "this is, or contains, your own address " + caller->toString();
  }
  if (network.overlaps(IpNetwork::of(*IpAddress::parse("127.0.0.1"), 8)) ||
      network.contains(*IpAddress::parse("::1"))) {
    return "the addresses of this machine cannot be banned";
  }
  for (const auto& proxy : config.trustedProxies) {
    if (network.overlaps(proxy)) {
      return "the trusted proxy " + proxy.toString() + " is within it or contains it";
    }
  }
  return {};
}

BanState::BanState(BanActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                   ActorEnvironment environment, BanConfig config, const BanRepositoryFactory& makeRepository,
                   const RedisConnectionFactory& makeRedis)
    : self(selfPointer),
      probe_(std::move(probe)),
      environment_(environment),
      config_(std::move(config)),
      repository_(makeRepository()),
      redis_(makeRedis()) {}

BanActor::behavior_type BanState::make_behavior() {
  compat::tell(self, BanActor{self}, TickAtom_v);
  return {
      guarded(self, probe_, [this](AddBan& wish) { return answerOf(*probe_, add(wish)); }),
      guarded(self, probe_, [this](LiftBan& wish) { return answerOf(*probe_, lift(wish)); }),
      guarded(self, probe_,
              [this](ListBans&) {
                return answerOf(*probe_,
                                repository_->standing(environment_.clock.now()).then([](StandingBans& bans) {
                                  return std::move(bans.active);
                                }));
              }),
      guarded(self, probe_, [this](TickAtom) { watch(); }),
  };
}

Result<IpBan> BanState::add(const AddBan& wish) {
  const auto network = parseBanNetwork(wish.network);
  if (!network) {
    return makeFault(ErrorCode::internal, "an address that cannot be banned came this far");
  }
  if (auto why = protectionOf(*network, config_, IpAddress::parse(wish.context.client.ip)); !why.empty()) {
    return protectedFault(std::move(why));
  }
  NewBan ban;
  ban.id = environment_.uuids.next();
  ban.network = banNetworkText(*network);
  ban.reason = wish.reason;
  ban.rule = wish.rule;
  ban.activityId = wish.activityId;
  if (wish.context.principal) {
    ban.createdBy = wish.context.principal->userId;
  }
  ban.source = !wish.rule.empty() ? "rule" : ban.createdBy ? "user" : "operator";
  ban.length = wish.length;
  ban.longest = config_.longestByRule;
  ban.now = environment_.clock.now();
  ban.audit = banEvent(environment_, wish.context, "monitoring.ban.create", wish.rule);
  ban.audit.targetId = ban.id.toString();
  ban.audit.after = {{"network", ban.network}, {"reason", ban.reason}, {"length_s", ban.length.count()}};
  auto outcome = repository_->add(ban);
  if (!outcome.ok()) {
    dirty_ = true;  // it may have been made nevertheless
    return std::move(outcome.fault());
  }
  if (!outcome.value().administratorAddress.empty()) {
    return protectedFault("an administrator is signed in from " + outcome.value().administratorAddress);
  }
  if (const auto& standing = outcome.value().standing) {
    return fieldFault(ErrorCode::conflict, "address",
                      "it is already banned; lift the ban " + standing->id.toString() + " first");
  }
  auto& made = *outcome.value().made;
  logLine(
      LogLevel::info, LogType::security, "ban.made", "An address was banned",
      {{"ban", made.id.toString()}, {"network", made.network}, {"source", made.source}, {"rule", made.rule}});
  known_.insert(banKey(*network));
  push({putCommand(made, ban.now)});
  return std::move(made);
}

Result<IpBan> BanState::lift(const LiftBan& wish) {
  BanLift lift{wish.ban, {}, environment_.clock.now(), {}};
  if (wish.context.principal) {
    lift.by = wish.context.principal->userId;
  }
  lift.audit = banEvent(environment_, wish.context, "monitoring.ban.lift", {});
  auto lifted = repository_->lift(lift);
  if (!lifted.ok()) {
    dirty_ = true;
    return lifted;
  }
  logLine(LogLevel::info, LogType::security, "ban.lifted", "A ban was lifted",
          {{"ban", lifted.value().id.toString()}, {"network", lifted.value().network}});
  if (const auto network = parseBanNetwork(lifted.value().network)) {
    push({{"DEL", banKey(*network)}});
  }
  return lifted;
}

void BanState::push(const std::vector<RedisCommand>& commands) {
  if (auto sent = send(commands); !sent.ok()) {
    probe_->note(sent.fault());
    dirty_ = true;
  }
}

Result<Done> BanState::send(const std::vector<RedisCommand>& commands) {
  for (std::size_t at = 0; at < commands.size(); at += kCommandsAtOnce) {
    const auto end = std::min(commands.size(), at + kCommandsAtOnce);
    auto answers = redis_->run({commands.begin() + static_cast<std::ptrdiff_t>(at),
                                commands.begin() + static_cast<std::ptrdiff_t>(end)});
    if (!answers.ok()) {
      return std::move(answers.fault());
    }
    for (const auto& answer : answers.value()) {
      if (answer.isError()) {
        return makeFault(ErrorCode::dependencyUnavailable, "Redis: " + answer.text);
      }
    }
  }
  return Done{};
}

Result<StandingBans> BanState::readStanding() {
  auto bans = repository_->standing(environment_.clock.now() - kScanGrace);
  if (bans.ok()) {
    known_.clear();
    for (const auto& ban : bans.value().active) {
      if (const auto network = parseBanNetwork(ban.network)) {
        known_.insert(banKey(*network));
      }
    }
  }
  return bans;
}

Result<Done> BanState::takeOutForged() {
  std::vector<std::string> suspects;
  for (int step = 0; step < kScansAtOnce; ++step) {
    auto found = redis_->runOne({"SCAN", scanCursor_, "MATCH", kBanKeys, "COUNT", kScanStep});
    if (!found.ok()) {
      return std::move(found.fault());
    }
    auto& parts = found.value().elements;
    if (parts.size() != 2) {
      return makeFault(ErrorCode::internal, "Redis answered SCAN with something else");
    }
    scanCursor_ = std::move(parts[0].text);
    for (auto& key : parts[1].elements) {
      if (!known_.contains(key.text)) {
        suspects.push_back(std::move(key.text));
      }
    }
    if (scanCursor_ == "0") {
      break;
    }
  }
  return suspects.empty() ? Result<Done>(Done{}) : remove(suspects);
}

Result<Done> BanState::remove(const std::vector<std::string>& suspects) {
  if (auto bans = readStanding(); !bans.ok()) {  // another process may have made them
    return std::move(bans.fault());
  }
  std::vector<RedisCommand> commands;
  for (const auto& key : suspects) {
    if (!known_.contains(key)) {
      commands.push_back({"DEL", key});
    }
  }
  if (commands.empty()) {
    return Done{};
  }
  logLine(LogLevel::warning, LogType::security, "ban.forged",
          "Redis had bans that do not exist; they were removed",
          {{"count", static_cast<std::int64_t>(commands.size())}, {"first", commands.front()[1]}});
  return send(commands);
}

Result<Done> BanState::synchronize() {
  const auto now = environment_.clock.now();
  auto bans = readStanding();
  if (!bans.ok()) {
    return std::move(bans.fault());
  }
  std::vector<RedisCommand> commands;
  for (const auto& lifted : bans.value().lifted) {
    if (const auto network = parseBanNetwork(lifted)) {
      commands.push_back({"DEL", banKey(*network)});
    }
  }
  for (const auto& ban : bans.value().active) {
    if (ban.expiresAt > now && parseBanNetwork(ban.network)) {
      commands.push_back(putCommand(ban, now));
    }
  }
  commands.push_back({"SET", kBanMark, "1"});
  return send(commands);
}

void BanState::watch() {
  compat::tellAfter(self, caf::timespan{kBanWatch}, BanActor{self}, TickAtom_v);
  const auto now = self->clock().now();
  if (!dirty_ && now < nextSync_) {
    auto mark = redis_->runOne({"GET", kBanMark});
    if (!mark.ok()) {
      probe_->note(mark.fault());
      dirty_ = true;
      return;
    }
    if (!mark.value().isNil()) {
      if (auto taken = takeOutForged(); !taken.ok()) {
        probe_->note(taken.fault());
      }
      return;
    }
  }
  if (auto done = synchronize(); !done.ok()) {
    probe_->note(done.fault());
    dirty_ = true;
    return;
  }
  dirty_ = false;
  nextSync_ = now + kBanSyncEvery;
}

}  // namespace ks
