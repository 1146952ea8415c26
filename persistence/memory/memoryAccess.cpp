#include "persistence/memory/memoryAccess.hpp"

#include <algorithm>
#include <map>

#include "core/limits.hpp"
#include "core/network/ipAddress.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks::memoryRules {
namespace {

constexpr int kHighestRank = 1000;

template <class Tokens>
void consumeOpen(Tokens& tokens, const Uuid& userId, const Uuid& spared, TimePoint now) {
  for (auto& [hash, token] : tokens) {
    if (token.userId == userId && !token.consumedAt && token.id != spared) {
      token.consumedAt = now;
    }
  }
}

template <class Values, class Value>
bool holds(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

/// Every address of `inner` is one of `outer`.
bool liesWithin(const IpNetwork& inner, const IpNetwork& outer) {
  return inner.isV4() == outer.isV4() && inner.prefixLength() >= outer.prefixLength() &&
         outer.contains(inner.base());
}

bool allWithin(const std::vector<std::string>& inner, const std::vector<std::string>& outer) {
  return outer.empty() || (!inner.empty() && std::all_of(inner.begin(), inner.end(), [&](const auto& text) {
           const auto network = IpNetwork::parse(text);
           return network && std::any_of(outer.begin(), outer.end(), [&](const auto& other) {
                    const auto wider = IpNetwork::parse(other);
                    return wider && liesWithin(*network, *wider);
                  });
         }));
}

/// user_rank(), for the roles that there are in memory; one of its own has the least.
int rankOf(const UserRecord& user) {
  static const std::map<std::string_view, int> kRanks = {
      {"superadmin", kHighestRank}, {"admin", 800}, {"support", 400}, {"auditor", 300}};
  int rank = 0;
  for (const auto& role : user.roles) {
    const auto found = kRanks.find(role);
    rank = std::max(rank, found == kRanks.end() ? (role == "user" ? 0 : 1) : found->second);
  }
  return rank;
}

/// key_rank(), from the key's makers.
int rankOfMakers(const MemoryDatabase& database, const std::vector<Uuid>& makers) {
  if (makers.empty() || database.apiKeys.contains(makers.back())) {
    return kHighestRank;
  }
  const auto person = database.users.find(makers.back());
  return person == database.users.end() ? -1 : rankOf(person->second);
}

}  // namespace

void voidPending(MemoryDatabase& database, const Uuid& userId, const Uuid& spared, TimePoint now) {
  consumeOpen(database.verificationTokens, userId, spared, now);
  consumeOpen(database.resetTokens, userId, spared, now);
  consumeOpen(database.deviceLinks, userId, spared, now);
  for (auto& change : database.emailChanges) {
    if (change.userId == userId && change.state == "open") {
      change.state = "cancelled";
    }
  }
  if (const auto user = database.users.find(userId); user != database.users.end()) {
    user->second.pendingEmail.clear();
  }
  std::erase_if(database.challenges,
                [&](const auto& entry) { return entry.second.challenge.userId == userId; });
  std::erase_if(database.factors,
                [&](const auto& entry) { return entry.second.userId == userId && !entry.second.active; });
}

std::vector<Uuid> endAccess(MemoryDatabase& database, const AccessEnd& end) {
  auto ended =
      endSessions(database, {end.userId, std::nullopt, end.spared, end.reason, end.now, {}, end.keepKeys});
  for (auto& [id, record] : database.sessions) {
    if (record.session.impersonatorId == end.userId && isLive(record, end.now)) {
      record.revokedAt = end.now;
      record.revokeReason = end.reason;
      database.notices.access(record.session.userId, id);
      ended.push_back(id);
    }
  }
  for (auto& [id, key] : database.apiKeys) {
    if (!end.keepKeys && key.ownerId == end.userId && key.isLive(end.now)) {
      key.revokedAt = end.now;
      database.keysUntold.insert(id);
      database.notices.access(end.userId, id);
    }
  }
  return ended;
}

std::vector<Uuid> credentialChanged(MemoryDatabase& database, const AccessEnd& end) {
  voidPending(database, end.userId, end.sparedLink, end.now);
  return endAccess(database, end);
}

std::vector<Uuid> factorsOnProbation(const MemoryDatabase& database, const Uuid& userId, TimePoint asked) {
  std::vector<Uuid> found;
  if (!withPermissions(database, database.users.at(userId)).permissions.empty()) {
    return found;
  }
  for (const auto& [id, factor] : database.factors) {
    if (factor.userId == userId && factor.active &&
        database.factorsConfirmed.at(id) > asked - limits::kFactorProbation) {
      found.push_back(id);
    }
  }
  return found;
}

int takeFactorsOnProbation(MemoryDatabase& database, const Uuid& userId, TimePoint asked) {
  const auto taken = factorsOnProbation(database, userId, asked);
  for (const auto& id : taken) {
    database.factors.erase(id);
  }
  if (!taken.empty()) {
    database.recoveryCodes.erase(userId);
    database.users.at(userId).mfaEnabled = false;
  }
  return static_cast<int>(taken.size());
}

bool userMay(const MemoryDatabase& database, const Uuid& userId, std::string_view permission) {
  const auto user = database.users.find(userId);
  return user != database.users.end() && user->second.status == UserStatus::active &&
         holds(withPermissions(database, user->second).permissions, permission);
}

ApiKeyLimits apiKeyLimits(const MemoryDatabase& database, const ApiKeyRecord& key, TimePoint now) {
  ApiKeyLimits limits;
  limits.standing = true;
  limits.permissions = key.scopes;
  limits.goodUntil = key.expiresAt;
  auto maker = key.ownerId.isNil() ? key.createdBy : key.ownerId;
  for (auto above = database.apiKeys.find(maker); above != database.apiKeys.end();
       above = database.apiKeys.find(maker)) {
    const auto& record = above->second;
    limits.standing = limits.standing && record.isLive(now);
    std::erase_if(limits.permissions, [&](const auto& scope) { return !holds(record.scopes, scope); });
    if (!record.allowedNetworks.empty()) {
      limits.networks.push_back(record.allowedNetworks);
    }
    if (record.expiresAt) {
      limits.goodUntil = std::min(limits.goodUntil.value_or(*record.expiresAt), *record.expiresAt);
    }
    limits.makers.push_back(record.id);
    maker = record.createdBy;
  }
  if (!maker.isNil()) {
    const auto person = database.users.find(maker);
    limits.standing =
        limits.standing && person != database.users.end() && person->second.status == UserStatus::active;
    std::erase_if(limits.permissions, [&](const auto& scope) { return !userMay(database, maker, scope); });
    limits.makers.push_back(maker);
  }
  std::sort(limits.permissions.begin(), limits.permissions.end());
  return limits;
}

bool apiKeyWithin(const MemoryDatabase& database, const Uuid& maker, const ApiKeyRecord& key) {
  const auto found = database.apiKeys.find(maker);
  if (found == database.apiKeys.end()) {
    return true;
  }
  const auto& expires = found->second.expiresAt;
  return (!expires || (key.expiresAt && *key.expiresAt <= *expires)) &&
         allWithin(key.allowedNetworks, found->second.allowedNetworks);
}

bool mayActOnKey(const MemoryDatabase& database, const ApiKeyRecord& key, const Uuid& actor, TimePoint now) {
  const auto makers = apiKeyLimits(database, key, now).makers;
  if (actor.isNil() || actor == key.id || !key.ownerId.isNil() || holds(makers, actor)) {
    return true;
  }
  int acting = -1;
  if (const auto user = database.users.find(actor); user != database.users.end()) {
    acting = user->second.status == UserStatus::active ? rankOf(user->second) : -1;
  } else if (const auto machine = database.apiKeys.find(actor);
             machine != database.apiKeys.end() && machine->second.isLive(now)) {
    const auto limits = apiKeyLimits(database, machine->second, now);
    acting = limits.standing ? rankOfMakers(database, limits.makers) : -1;
  }
  return acting > rankOfMakers(database, makers);
}

}  // namespace ks::memoryRules
