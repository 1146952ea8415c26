#include <algorithm>
#include <utility>

#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "actors/session/sessionActor.hpp"
#include "core/invariant.hpp"
#include "core/logging/logging.hpp"
#include "core/network/ipAddress.hpp"
#include "crypto/apiKey.hpp"

namespace ks {
namespace {

/// As long as the process caches the key; the gateway counts by it.
constexpr std::uint32_t kKeyNoteS = 120;

bool isAmong(const std::vector<std::string>& networks, const std::optional<IpAddress>& address) {
  return networks.empty() || (address && std::any_of(networks.begin(), networks.end(), [&](const auto& text) {
                                const auto network = IpNetwork::parse(text);
                                return network && network->contains(*address);
                              }));
}

bool allowedFrom(const FoundApiKey& found, const std::string& ip) {
  const auto address = IpAddress::parse(ip);
  const auto& above = found.limits.networks;
  return isAmong(found.key.allowedNetworks, address) &&
         std::all_of(above.begin(), above.end(), [&](const auto& list) { return isAmong(list, address); });
}

}  // namespace

void SessionState::askKey(const std::shared_ptr<Question>& question, const Promise& promise) {
  const auto parts = readApiKey(question->token.reveal());
  if (!parts) {
    return fail(promise, ErrorCode::tokenInvalid);
  }
  storeThen(self, probe_, question->context, deps_.storageTimeout, deps_.storage,
            UseApiKey{parts->id, apiKeyHash(question->token.reveal()), deps_.environment.clock.now()},
            promise, [this, question, promise](std::optional<FoundApiKey>& found) mutable {
              judgeKey(*question, found, promise);
            });
}

void SessionState::refuseKey(const Question& question, ErrorCode code, const char* reason, Promise promise) {
  const auto parts = readApiKey(question.token.reveal());
  logSecurity("auth.key.refused", "A machine key was refused",
              {{"reason", reason},
               {"key_id", parts ? parts->id.toString() : std::string{}},
               {"ip", question.context.client.ip}});
  auto fault = makeFault(code);
  if (code == ErrorCode::permissionDenied) {
    fault.message = "This key may not be used from your address";
  }
  auto event = auditOf(deps_.environment, question.context, "key.refuse", AuditOutcome::deny);
  event.reason = reason;
  event.targetType = "key";
  event.targetId = parts ? parts->id.toString() : std::string{};
  fail(std::move(promise), refusal(std::move(fault), std::move(event)));
}

void SessionState::judgeKey(const Question& question, const std::optional<FoundApiKey>& found,
                            Promise promise) {
  const auto now = deps_.environment.clock.now();
  const auto text = question.token.reveal();
  const auto parts = readApiKey(text);
  if (!found || found->key.kind != parts->kind ||
      !equalConstantTime(found->key.secretHash, apiKeyHash(text))) {
    return refuseKey(question, ErrorCode::tokenInvalid, found ? "wrong_secret" : "unknown", promise);
  }
  const auto& key = found->key;
  if (key.revokedAt) {
    return refuseKey(question, ErrorCode::tokenInvalid, "revoked", promise);
  }
  if (!key.isLive(now)) {
    return refuseKey(question, ErrorCode::tokenExpired, "expired", promise);
  }
  if (!found->limits.standing && !found->owner) {
    return refuseKey(question, ErrorCode::tokenInvalid, "maker_gone", promise);
  }
  if (!allowedFrom(*found, question.context.client.ip)) {
    return refuseKey(question, ErrorCode::permissionDenied, "address_not_allowed", promise);
  }
  if (found->owner && found->owner->status != UserStatus::active) {
    return refuseKey(question, ErrorCode::accountSuspended, "owner_not_active", promise);
  }
  const auto& granted = found->limits.permissions;
  ensure(std::all_of(granted.begin(), granted.end(),
                     [&](const auto& each) {
                       return std::find(key.scopes.begin(), key.scopes.end(), each) != key.scopes.end();
                     }),
         "a key may do nothing beyond its scopes");
  auto principal = std::make_shared<Principal>();
  principal->keyId = key.id;
  principal->userId = found->owner ? found->owner->id : key.id;
  principal->permissions = found->limits.permissions;
  principal->dependsOn = found->limits.makers;
  principal->knownSince = question.generation;
  principal->assuranceLevel = 1;
  if (!found->owner) {
    principal->authenticatedAt = now;  // a machine shows its one factor with every request
  }
  Authenticated authenticated;
  if (found->owner) {
    principal->roles = found->owner->roles;
    authenticated.user = std::make_shared<const UserRecord>(*found->owner);
  }
  authenticated.principal = principal;
  if (const auto cache = deps_.sessionCache.get()) {
    SessionRecord note;
    note.session.id = key.id;
    note.session.userId = principal->userId;
    compat::tellAnon(cache, CacheSession{question.context, std::move(note), tokenDigestHex(text), kKeyNoteS});
  }
  deps_.tokenCache->put(tokenCacheKey(*deps_.crypto, question.token, question.context.client), authenticated,
                        found->limits.goodUntil.value_or(now + std::chrono::hours{1}), question.generation);
  promise.deliver(std::move(authenticated));
}

}  // namespace ks
