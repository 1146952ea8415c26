#include "persistence/memory/memoryRules.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "persistence/memory/memoryAccess.hpp"

namespace ks::memoryRules {
namespace {

constexpr std::array<std::string_view, 21> kPermissions = {
    "audit:read",     "keys:read",          "keys:write",       "monitoring:read",   "monitoring:write",
    "payments:read",  "payments:reconcile", "payments:refund",  "payments:write",    "roles:read",
    "roles:write",    "sessions:read",      "sessions:refresh", "sessions:revoke",   "settings:read",
    "settings:write", "tokens:introspect",  "users:delete",     "users:impersonate", "users:read",
    "users:write"};
constexpr std::array<std::string_view, 5> kRoles = {"superadmin", "admin", "support", "auditor", "user"};
constexpr std::array<std::string_view, 5> kNotForAdmin = {"roles:write", "keys:write", "users:impersonate",
                                                          "tokens:introspect", "sessions:refresh"};
constexpr std::array<std::string_view, 6> kForSupport = {
    "users:read", "users:write", "sessions:read", "sessions:revoke", "payments:read", "monitoring:read"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool grants(std::string_view role, std::string_view permission) {
  return role == "superadmin" || (role == "admin" && !contains(kNotForAdmin, permission)) ||
         (role == "support" && contains(kForSupport, permission)) ||
         (role == "auditor" && permission.ends_with(":read"));
}

int keyRank(const std::string& status) { return status == "current" ? 0 : status == "next" ? 1 : 2; }

}  // namespace

UserRecord* findByEmail(MemoryDatabase& database, std::string_view email) {
  return findLive(database, [&](const UserRecord& user) {
    return !email.empty() && user.email == email && !database.claims.contains(user.id);
  });
}

std::vector<UserRecord*> openClaims(MemoryDatabase& database, std::string_view email) {
  std::vector<UserRecord*> claims;
  for (const auto& [hash, token] : database.verificationTokens) {
    if (!token.consumedAt && token.email == email && database.claims.contains(token.userId)) {
      claims.push_back(&database.users.at(token.userId));
    }
  }
  std::sort(claims.begin(), claims.end(), [](const UserRecord* a, const UserRecord* b) {
    return std::tie(a->createdAt, a->id) > std::tie(b->createdAt, b->id);
  });
  return claims;
}

void takeAddress(MemoryDatabase& database, const UserRecord& user, TimePoint now) {
  database.claims.erase(user.id);
  for (auto* tokens : {&database.verificationTokens, &database.resetTokens}) {
    for (auto& [hash, token] : *tokens) {
      if (token.email == user.email && database.claims.contains(token.userId) && !token.consumedAt) {
        token.consumedAt = now;
      }
    }
  }
}

bool isSystemRole(std::string_view role) { return contains(kRoles, role); }

UserRecord withPermissions(const MemoryDatabase& database, UserRecord user) {
  std::set<std::string> permissions;
  for (const auto& role : user.roles) {
    if (const auto own = database.ownRoles.find(role); own != database.ownRoles.end()) {
      permissions.insert(own->second.begin(), own->second.end());
    }
    for (const auto permission : kPermissions) {
      if (grants(role, permission)) {
        permissions.emplace(permission);
      }
    }
  }
  user.permissions.assign(permissions.begin(), permissions.end());
  return user;
}

SessionRecord withUser(const MemoryDatabase& database, SessionRecord session) {
  session.user = withPermissions(database, database.users.at(session.session.userId));
  const auto& impersonator = session.session.impersonatorId;
  session.impersonatorMay = !impersonator || userMay(database, *impersonator, "users:impersonate");
  return session;
}

bool isLive(const SessionRecord& session, TimePoint now) {
  return !session.revokedAt && session.session.idleExpiresAt > now && session.session.absoluteExpiresAt > now;
}

std::vector<Uuid> endSessions(MemoryDatabase& database, const RevokeSessions& revocation) {
  std::vector<Uuid> ended;
  for (auto& [id, record] : database.sessions) {
    const bool chosen = record.session.userId == revocation.userId &&
                        (!revocation.only || *revocation.only == id) &&
                        (!revocation.except || *revocation.except != id);
    const bool thisCallRepeated =
        record.revokedAt == revocation.now && record.revokeReason == revocation.reason;
    if (chosen && (isLive(record, revocation.now) || thisCallRepeated)) {
      if (!record.revokedAt) {
        database.notices.access(record.session.userId, id);
      }
      record.revokedAt = revocation.now;
      record.revokeReason = revocation.reason;
      ended.push_back(id);
    }
  }
  return ended;
}

void noteAudit(MemoryDatabase& database, const AuditEvent& event) {
  if (!event.id.isNil()) {
    database.audit.emplace(event.id, event);
  }
}

void storeMail(MemoryDatabase& database, const OutboxMail& mail, TimePoint now) {
  database.mails.emplace(mail.id, MemoryDatabase::Mail{mail, now, std::nullopt, {}});
}

std::vector<OutboxMail> takeDueMails(MemoryDatabase& database, std::size_t limit, TimePoint now,
                                     TimePoint leaseUntil) {
  std::vector<MemoryDatabase::Mail*> due;
  for (auto& [id, mail] : database.mails) {
    if (!mail.sentAt && mail.nextAt <= now) {
      due.push_back(&mail);
    }
  }
  std::stable_sort(due.begin(), due.end(),
                   [](const auto* a, const auto* b) { return a->nextAt < b->nextAt; });
  due.resize(std::min(due.size(), limit));
  std::vector<OutboxMail> taken;
  for (auto* mail : due) {
    ++mail->mail.attempts;
    mail->nextAt = leaseUntil;
    taken.push_back(mail->mail);
  }
  std::sort(taken.begin(), taken.end(), [](const OutboxMail& a, const OutboxMail& b) { return a.id < b.id; });
  return taken;
}

std::vector<SigningKeyRecord> keysInOrder(const MemoryDatabase& database, TimePoint now) {
  std::vector<SigningKeyRecord> keys;
  for (const auto& [id, key] : database.signingKeys) {
    if (!key.retireAt || *key.retireAt > now) {
      keys.push_back(key);
    }
  }
  std::sort(keys.begin(), keys.end(), [](const SigningKeyRecord& a, const SigningKeyRecord& b) {
    return std::tuple(keyRank(a.status), b.notBefore, a.keyId) <
           std::tuple(keyRank(b.status), a.notBefore, b.keyId);
  });
  return keys;
}

}  // namespace ks::memoryRules
