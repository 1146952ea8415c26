#include <algorithm>
#include <tuple>
#include <utility>

#include "persistence/memory/memoryAccess.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks {

using namespace memoryRules;

Result<RegisterOutcome> runInMemory(MemoryDatabase& database, const RegisterAccount& account) {
  const UserRecord* byName = findLive(database, [&](const UserRecord& user) {
    return !account.username.empty() && user.username == account.username && user.id != account.userId;
  });
  if (byName != nullptr) {
    return RegisterOutcome::usernameTaken;
  }
  const UserRecord* owner = findByEmail(database, account.email);
  const bool open = owner == nullptr || owner->id == account.userId;
  if (!database.users.contains(account.userId)) {
    UserRecord user;
    user.id = account.userId;
    user.email = account.email;
    user.username = account.username;
    user.displayName = account.displayName;
    user.locale = account.locale;
    user.status = UserStatus::pending;
    user.roles = {"user"};
    user.createdAt = user.updatedAt = account.now;
    database.users.emplace(user.id, std::move(user));
    database.claims.insert(account.userId);
    database.passwords.emplace(account.userId, account.passwordPhc);
    if (open) {
      database.verificationTokens.emplace(account.verifyTokenHash,
                                          MemoryDatabase::Token{account.verifyTokenId,
                                                                account.userId,
                                                                account.email,
                                                                account.verifyTokenExpires,
                                                                std::nullopt,
                                                                {}});
    }
  }
  if (!account.silent) {
    storeMail(database, open ? account.verifyMail : account.takenMail, account.now);
  }
  if (open) {
    noteAudit(database, account.audit);
  }
  return open ? RegisterOutcome::created : RegisterOutcome::emailTaken;
}

Result<CreateAdministratorOutcome> runInMemory(MemoryDatabase& database,
                                               const CreateAdministrator& administrator) {
  if (!isSystemRole(administrator.role)) {
    return makeFault(ErrorCode::notFound, "there is no role " + administrator.role);
  }
  const auto has = [&](const UserRecord& user) {
    return std::find(user.roles.begin(), user.roles.end(), administrator.role) != user.roles.end();
  };
  const auto own = database.users.find(administrator.userId);
  if (own != database.users.end() && has(own->second)) {
    return CreateAdministratorOutcome::created;
  }
  const UserRecord* other = findLive(
      database, [&](const UserRecord& user) { return user.status == UserStatus::active && has(user); });
  if (administrator.onlyIfNone && other != nullptr) {
    return CreateAdministratorOutcome::exists;
  }
  if (findByEmail(database, administrator.email) != nullptr) {
    return CreateAdministratorOutcome::emailTaken;
  }
  UserRecord user;
  user.id = administrator.userId;
  user.email = administrator.email;
  user.emailVerifiedAt = administrator.now;
  user.locale = "en";
  user.status = UserStatus::active;
  user.passwordChangeRequired = true;
  user.roles = {administrator.role};
  user.createdAt = user.updatedAt = administrator.now;
  database.users.emplace(user.id, std::move(user));
  takeAddress(database, database.users.at(administrator.userId), administrator.now);
  database.passwords.emplace(administrator.userId, administrator.passwordPhc);
  noteAudit(database, administrator.audit);
  return CreateAdministratorOutcome::created;
}

Result<FoundCredential> runInMemory(MemoryDatabase& database, const FindCredential& operation) {
  const auto passwordOf = [&](const UserRecord& user) {
    const auto password = database.passwords.find(user.id);
    return password == database.passwords.end() ? std::string{} : password->second;
  };
  FoundCredential found;
  const UserRecord* account = findByEmail(database, operation.identifier);
  const UserRecord* claim = nullptr;
  for (const auto& [id, user] : database.users) {
    if (operation.identifier.empty() || user.status == UserStatus::deleted) {
      continue;
    }
    if (!database.claims.contains(id)) {
      account = account == nullptr && user.username == operation.identifier ? &user : account;
    } else if ((user.email == operation.identifier || user.username == operation.identifier) &&
               (claim == nullptr ||
                std::tie(user.createdAt, user.id) > std::tie(claim->createdAt, claim->id))) {
      claim = &user;
    }
  }
  if (account != nullptr) {
    found.account = CredentialRecord{withPermissions(database, *account), passwordOf(*account)};
  }
  found.claimPhc = claim == nullptr ? "" : passwordOf(*claim);
  return found;
}

Result<VerifyEmailOutcome> runInMemory(MemoryDatabase& database, const VerifyEmailToken& verification) {
  const auto now = verification.now;
  auto found = database.verificationTokens.end();
  for (const auto& hash : verification.possibleHashes) {
    found = found == database.verificationTokens.end() ? database.verificationTokens.find(hash) : found;
  }
  if (found == database.verificationTokens.end()) {
    return VerifyEmailOutcome::invalid;
  }
  auto& token = found->second;
  if (token.consumedAt && token.consumedBy != verification.audit.id) {
    return VerifyEmailOutcome::invalid;
  }
  if (token.expires <= now) {
    return token.consumedAt ? VerifyEmailOutcome::invalid : VerifyEmailOutcome::expired;
  }
  token.consumedAt = now;
  token.consumedBy = verification.audit.id;
  const auto user = database.users.find(token.userId);
  const UserRecord* owner = findByEmail(database, token.email);
  if (user == database.users.end() || user->second.status == UserStatus::deleted ||
      user->second.email != token.email || (owner != nullptr && owner->id != token.userId)) {
    return VerifyEmailOutcome::invalid;
  }
  takeAddress(database, user->second, now);
  user->second.emailVerifiedAt = user->second.emailVerifiedAt.value_or(now);
  if (user->second.status == UserStatus::pending) {
    user->second.status = UserStatus::active;
  }
  user->second.updatedAt = now;
  ++user->second.version;
  auto audit = verification.audit;
  audit.actorId = audit.targetId = token.userId.toString();
  noteAudit(database, audit);
  return VerifyEmailOutcome::verified;
}

Result<Done> runInMemory(MemoryDatabase& database, const RenewVerification& renewal) {
  const UserRecord* account = findByEmail(database, renewal.email);
  const auto claims = account == nullptr ? openClaims(database, renewal.email) : std::vector<UserRecord*>{};
  const UserRecord* user = account != nullptr ? account : claims.empty() ? nullptr : claims.front();
  if (user == nullptr || user->emailVerifiedAt) {
    return Done{};
  }
  const bool contested = claims.size() > 1;
  auto& tokens = contested ? database.resetTokens : database.verificationTokens;
  std::erase_if(
      tokens, [&](const auto& entry) { return entry.second.userId == user->id && !entry.second.consumedAt; });
  tokens.emplace(contested ? renewal.resetHash : renewal.tokenHash,
                 MemoryDatabase::Token{contested ? renewal.resetId : renewal.tokenId,
                                       user->id,
                                       user->email,
                                       contested ? renewal.resetExpires : renewal.expires,
                                       std::nullopt,
                                       {}});
  storeMail(database, contested ? renewal.resetMail : renewal.mail, renewal.now);
  return Done{};
}

Result<ChangePasswordOutcome> runInMemory(MemoryDatabase& database, const ChangePassword& change) {
  const auto password = database.passwords.find(change.userId);
  if (password == database.passwords.end() ||
      (password->second != change.expectedPhc && password->second != change.passwordPhc)) {
    return ChangePasswordOutcome();
  }
  password->second = change.passwordPhc;
  auto& user = database.users.at(change.userId);
  user.passwordChangeRequired = false;
  user.updatedAt = change.now;
  ++user.sessionEpoch;
  ++user.version;
  storeMail(database, change.notice, change.now);
  noteAudit(database, change.audit);
  if (!change.endSessions) {
    voidPending(database, change.userId, {}, change.now);
    return ChangePasswordOutcome(std::vector<Uuid>());
  }
  return ChangePasswordOutcome(credentialChanged(
      database, {change.userId, change.exceptSession, {}, change.keepKeys, "password_changed", change.now}));
}

Result<Done> runInMemory(MemoryDatabase& database, const UpgradePasswordHash& operation) {
  const auto password = database.passwords.find(operation.userId);
  if (password != database.passwords.end() && password->second == operation.oldPhc) {
    password->second = operation.newPhc;
  }
  return Done{};
}

Result<Done> runInMemory(MemoryDatabase& database, const OpenSession& opening) {
  const auto& session = opening.session;
  const auto user = database.users.find(session.userId);
  if (user == database.users.end() || user->second.status != UserStatus::active ||
      user->second.sessionEpoch != opening.sessionEpoch) {
    return makeFault(ErrorCode::invalidCredentials, "no active account of this epoch");
  }
  SessionRecord record;
  record.session = session;
  record.lastSeenAt = session.createdAt;
  database.sessions.emplace(session.id, std::move(record));
  if (database.deletionsDue.erase(session.userId) > 0) {
    database.deletionsCancelled[session.userId] = session.createdAt;
  }
  noteAudit(database, opening.audit);
  return Done{};
}

Result<std::optional<SessionRecord>> runInMemory(MemoryDatabase& database, const FindSession& operation) {
  using Found = std::optional<SessionRecord>;
  const auto found = database.sessions.find(operation.sessionId);
  return found == database.sessions.end() ? Found() : Found(withUser(database, found->second));
}

Result<bool> runInMemory(MemoryDatabase& database, const AdvanceRefresh& advance) {
  const auto found = database.sessions.find(advance.sessionId);
  if (found == database.sessions.end() || !isLive(found->second, advance.now) ||
      found->second.refreshCounter != advance.expectedCounter) {
    return false;
  }
  SessionRecord& record = found->second;
  ++record.refreshCounter;
  record.refreshedAt = record.lastSeenAt = advance.now;
  record.session.idleExpiresAt = advance.idleExpiresAt;
  if (!advance.ip.empty()) {
    record.session.ip = advance.ip;
  }
  if (!advance.userAgent.empty()) {
    record.session.userAgent = advance.userAgent;
  }
  return true;
}

Result<std::vector<Uuid>> runInMemory(MemoryDatabase& database, const RevokeSessions& revocation) {
  auto ended = revocation.only ? endSessions(database, revocation)
                               : endAccess(database, {revocation.userId,
                                                      revocation.except,
                                                      {},
                                                      revocation.keepKeys,
                                                      revocation.reason,
                                                      revocation.now});
  if (!revocation.only || !ended.empty()) {
    noteAudit(database, revocation.audit);
  }
  return ended;
}

Result<std::vector<SessionRecord>> runInMemory(MemoryDatabase& database, const ListSessions& operation) {
  static constexpr std::size_t kMost = 100;
  std::vector<SessionRecord> live;
  for (const auto& [id, record] : database.sessions) {
    if (record.session.userId == operation.userId && isLive(record, operation.now)) {
      live.push_back(withUser(database, record));
    }
  }
  std::sort(live.begin(), live.end(), [](const SessionRecord& a, const SessionRecord& b) {
    return std::pair(b.session.createdAt, b.session.id) < std::pair(a.session.createdAt, a.session.id);
  });
  live.resize(std::min(live.size(), kMost));
  return live;
}

Result<std::vector<OutboxMail>> runInMemory(MemoryDatabase& database, const ClaimMails& operation) {
  return takeDueMails(database, static_cast<std::size_t>(std::max(operation.limit, 0)), operation.now,
                      operation.leaseUntil);
}

Result<Done> runInMemory(MemoryDatabase& database, const MarkMailSent& operation) {
  if (const auto found = database.mails.find(operation.mailId); found != database.mails.end()) {
    found->second.sentAt = operation.now;
    found->second.mail.recipientSealed.clear();
    found->second.mail.payloadSealed.clear();
    found->second.lastError.clear();
  }
  return Done{};
}

Result<Done> runInMemory(MemoryDatabase& database, const MarkMailFailed& operation) {
  if (const auto found = database.mails.find(operation.mailId);
      found != database.mails.end() && !found->second.sentAt) {
    found->second.nextAt = operation.nextTryAt;
    found->second.lastError = operation.reason;
  }
  return Done{};
}

Result<Done> runInMemory(MemoryDatabase& database, const GiveUpMail& operation) {
  const auto found = database.mails.find(operation.mailId);
  if (found != database.mails.end() && !found->second.sentAt && found->second.nextAt != TimePoint::max()) {
    found->second.nextAt = TimePoint::max();
    found->second.mail.recipientSealed.clear();
    found->second.mail.payloadSealed.clear();
    found->second.lastError = operation.reason;
    noteAudit(database, operation.audit);
  }
  return Done{};
}

Result<std::vector<SigningKeyRecord>> runInMemory(MemoryDatabase& database,
                                                  const ListSigningKeys& operation) {
  return keysInOrder(database, operation.now);
}

Result<std::vector<SigningKeyRecord>> runInMemory(MemoryDatabase& database,
                                                  const EnsureSigningKey& operation) {
  const bool hasCurrent = std::any_of(database.signingKeys.begin(), database.signingKeys.end(),
                                      [](const auto& entry) { return entry.second.status == "current"; });
  if (!hasCurrent) {
    auto stored = operation.key;
    stored.status = "current";
    database.signingKeys.emplace(stored.keyId, std::move(stored));
  }
  return keysInOrder(database, operation.now);
}

Result<Done> runInMemory(MemoryDatabase& database, const InsertHealthSnapshot& operation) {
  database.healthSnapshots.emplace(operation.snapshot.id, operation.snapshot);
  return Done{};
}

}  // namespace ks
