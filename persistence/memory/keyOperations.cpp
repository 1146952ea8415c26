#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "persistence/memory/memoryAccess.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks {

using namespace memoryRules;

namespace {

bool belongsTo(const ApiKeyRecord& key, const std::optional<Uuid>& owner) {
  return key.ownerId == owner.value_or(Uuid{});
}

void tellKeyEnded(MemoryDatabase& database, const ApiKeyRecord& key) {
  const auto& holder = key.ownerId.isNil() ? key.id : key.ownerId;
  database.notices.access(holder, key.revokedAt ? key.id : Uuid{});
}

SigningKeyRecord* keyOfStatus(MemoryDatabase& database, std::string_view status) {
  for (auto& [id, key] : database.signingKeys) {
    if (key.status == status) {
      return &key;
    }
  }
  return nullptr;
}

}  // namespace

Result<CreatedApiKey> runInMemory(MemoryDatabase& database, const CreateApiKey& creation) {
  auto fresh = creation.key;
  if (!creation.callerSession.isNil()) {
    const auto caller = database.sessions.find(creation.callerSession);
    if (caller == database.sessions.end() || !isLive(caller->second, fresh.createdAt)) {
      return CreatedApiKey{CreateApiKeyOutcome::sessionOver, {}};
    }
  }
  if (const auto maker = database.apiKeys.find(fresh.createdBy); maker != database.apiKeys.end()) {
    if (fresh.allowedNetworks.empty()) {
      fresh.allowedNetworks = maker->second.allowedNetworks;
    }
    fresh.expiresAt = fresh.expiresAt ? fresh.expiresAt : maker->second.expiresAt;
  }
  if (!apiKeyWithin(database, fresh.createdBy, fresh)) {
    return CreatedApiKey{CreateApiKeyOutcome::widerThanMaker, {}};
  }
  const auto live = std::count_if(database.apiKeys.begin(), database.apiKeys.end(), [&](const auto& entry) {
    return entry.first != fresh.id && entry.second.ownerId == fresh.ownerId &&
           entry.second.isLive(fresh.createdAt);
  });
  if (static_cast<std::size_t>(live) >= creation.most) {
    return CreatedApiKey{};
  }
  const auto stored = database.apiKeys.emplace(fresh.id, fresh).first->second;
  if (creation.notice) {
    storeMail(database, *creation.notice, fresh.createdAt);
  }
  noteAudit(database, creation.audit);
  return CreatedApiKey{CreateApiKeyOutcome::created, stored};
}

Result<std::optional<FoundApiKey>> runInMemory(MemoryDatabase& database, const UseApiKey& use) {
  using Found = std::optional<FoundApiKey>;
  const auto now = use.now;
  const auto found = database.apiKeys.find(use.id);
  if (found == database.apiKeys.end()) {
    return Found();
  }
  auto& key = found->second;
  Found answer(FoundApiKey{key, std::nullopt, apiKeyLimits(database, key, now)});
  if (!key.ownerId.isNil()) {
    answer->owner = withPermissions(database, database.users.at(key.ownerId));
  }
  if (key.isLive(now) && key.secretHash == use.secretHash &&
      (!key.lastUsedAt || *key.lastUsedAt <= now - std::chrono::minutes{1})) {
    key.lastUsedAt = now;
  }
  return answer;
}

Result<std::vector<ApiKeyRecord>> runInMemory(MemoryDatabase& database, const ListApiKeys& which) {
  using Keys = std::vector<ApiKeyRecord>;
  Keys keys;
  for (const auto& [id, key] : database.apiKeys) {
    if (belongsTo(key, which.ownerId)) {
      keys.push_back(key);
    }
  }
  std::sort(keys.begin(), keys.end(), [](const ApiKeyRecord& a, const ApiKeyRecord& b) {
    return std::tuple(a.revokedAt.has_value(), b.createdAt, b.id) <
           std::tuple(b.revokedAt.has_value(), a.createdAt, a.id);
  });
  keys.resize(std::min<std::size_t>(keys.size(), 200));
  return keys;
}

Result<RevokedApiKey> runInMemory(MemoryDatabase& database, const RevokeApiKey& revocation) {
  const auto found = database.apiKeys.find(revocation.id);
  if (found == database.apiKeys.end() || !belongsTo(found->second, revocation.ownerId)) {
    return RevokedApiKey{};
  }
  if (!mayActOnKey(database, found->second, revocation.by, revocation.now)) {
    return RevokedApiKey{found->second, true};
  }
  if (!found->second.revokedAt) {
    found->second.revokedAt = revocation.now;
    noteAudit(database, revocation.audit);
    tellKeyEnded(database, found->second);
  }
  return RevokedApiKey{found->second, false};
}

Result<RotatedApiKey> runInMemory(MemoryDatabase& database, const RotateApiKey& rotation) {
  RotatedApiKey answer;
  const auto old = database.apiKeys.find(rotation.oldId);
  if (old == database.apiKeys.end() || !old->second.ownerId.isNil()) {
    return answer;
  }
  const auto before = std::find_if(database.apiKeys.begin(), database.apiKeys.end(), [&](const auto& entry) {
    return entry.second.rotatedFrom == rotation.oldId;
  });
  if (before != database.apiKeys.end() && before->first == rotation.newId) {
    return RotatedApiKey{RotateApiKeyOutcome::rotated, before->second};
  }
  if (before != database.apiKeys.end() || !old->second.isLive(rotation.now)) {
    answer.outcome = RotateApiKeyOutcome::rotatedBefore;
    return answer;
  }
  const bool itself = rotation.createdBy == rotation.oldId;
  if (!itself && !apiKeyWithin(database, rotation.createdBy, old->second)) {
    answer.outcome = RotateApiKeyOutcome::widerThanMaker;
    return answer;
  }
  if (!mayActOnKey(database, old->second, rotation.createdBy, rotation.now)) {
    answer.outcome = RotateApiKeyOutcome::rankTooLow;
    return answer;
  }
  auto fresh = old->second;
  fresh.id = rotation.newId;
  fresh.secretHash = rotation.newSecretHash;
  fresh.rotatedFrom = rotation.oldId;
  fresh.createdBy = itself ? old->second.createdBy : rotation.createdBy;
  fresh.createdAt = rotation.now;
  fresh.lastUsedAt.reset();
  auto& ending = old->second;
  ending.expiresAt = std::min(ending.expiresAt.value_or(rotation.oldEndsAt), rotation.oldEndsAt);
  if (rotation.oldEndsAt <= rotation.now) {
    ending.revokedAt = rotation.now;
  }
  tellKeyEnded(database, ending);
  database.apiKeys.emplace(fresh.id, fresh);
  if (rotation.notice) {
    storeMail(database, *rotation.notice, rotation.now);
  }
  noteAudit(database, rotation.audit);
  return RotatedApiKey{RotateApiKeyOutcome::rotated, std::move(fresh)};
}

Result<std::vector<EndedApiKeys>> runInMemory(MemoryDatabase& database, const ListEndedApiKeys&) {
  using Users = std::vector<EndedApiKeys>;
  std::map<Uuid, EndedApiKeys> byUser;
  for (const auto& id : database.keysUntold) {
    const auto key = database.apiKeys.find(id);
    const auto* user = key == database.apiKeys.end() ? nullptr : &database.users.at(key->second.ownerId);
    if (user != nullptr && user->status != UserStatus::deleted) {
      auto& ended = byUser[user->id];
      ended.userId = user->id;
      ended.email = user->email;
      ended.locale = user->locale;
      ended.ids.push_back(id);
      ended.names.push_back(key->second.name);
    }
  }
  Users users;
  for (auto& [id, ended] : byUser) {
    if (users.size() < 20) {
      users.push_back(std::move(ended));
    }
  }
  return users;
}

Result<Done> runInMemory(MemoryDatabase& database, const NoteEndedApiKeys& note) {
  std::size_t told = 0;
  for (const auto& id : note.ids) {
    told += database.keysUntold.erase(id);
  }
  if (told > 0) {
    storeMail(database, note.notice, note.now);
  }
  return Done{};
}

Result<bool> runInMemory(MemoryDatabase& database, const RotateSigningKeys& rotation) {
  std::erase_if(database.signingKeys, [&](const auto& entry) {
    return entry.second.status == "retiring" && entry.second.retireAt &&
           *entry.second.retireAt < rotation.now - std::chrono::hours{24};
  });
  auto* current = keyOfStatus(database, "current");
  auto* next = keyOfStatus(database, "next");
  const bool rotates = current != nullptr && next != nullptr &&
                       current->notBefore <= rotation.currentBefore && next->notBefore <= rotation.now;
  if (rotates) {
    current->status = "retiring";
    current->retireAt = rotation.retireAt;
    next->status = "current";
    next->notBefore = rotation.now;
    noteAudit(database, rotation.audit);
  }
  if (rotates || next == nullptr) {
    auto fresh = rotation.fresh;
    fresh.status = "next";
    database.signingKeys.emplace(fresh.keyId, std::move(fresh));
    database.notices.keysChanged();
  }
  return rotates;
}

}  // namespace ks
