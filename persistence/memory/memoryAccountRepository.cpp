#include "persistence/memory/memoryAccountRepository.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "persistence/memory/memoryAccess.hpp"
#include "persistence/memory/memoryRules.hpp"

namespace ks {

using namespace memoryRules;

void MemoryAccountRepository::registerAccount(RegisterAccount account, Reply<RegisterOutcome> reply) {
  queue_.add<RegisterOutcome>(
      std::move(reply), [account = std::move(account)](MemoryDatabase& database) -> Result<RegisterOutcome> {
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
      });
}

void MemoryAccountRepository::createAdministrator(CreateAdministrator administrator,
                                                  Reply<CreateAdministratorOutcome> reply) {
  queue_.add<CreateAdministratorOutcome>(
      std::move(reply),
      [administrator =
           std::move(administrator)](MemoryDatabase& database) -> Result<CreateAdministratorOutcome> {
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
      });
}

void MemoryAccountRepository::findCredential(std::string identifier, Reply<FoundCredential> reply) {
  queue_.add<FoundCredential>(
      std::move(reply),
      [identifier = std::move(identifier)](MemoryDatabase& database) -> Result<FoundCredential> {
        const auto passwordOf = [&](const UserRecord& user) {
          const auto password = database.passwords.find(user.id);
          return password == database.passwords.end() ? std::string{} : password->second;
        };
        FoundCredential found;
        const UserRecord* account = findByEmail(database, identifier);
        const UserRecord* claim = nullptr;
        for (const auto& [id, user] : database.users) {
          if (identifier.empty() || user.status == UserStatus::deleted) {
            continue;
          }
          if (!database.claims.contains(id)) {
            account = account == nullptr && user.username == identifier ? &user : account;
          } else if ((user.email == identifier || user.username == identifier) &&
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
      });
}

void MemoryAccountRepository::verifyEmail(VerifyEmailToken verification, Reply<VerifyEmailOutcome> reply) {
  queue_.add<VerifyEmailOutcome>(
      std::move(reply),
      [verification = std::move(verification)](MemoryDatabase& database) -> Result<VerifyEmailOutcome> {
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
      });
}

void MemoryAccountRepository::renewVerification(RenewVerification renewal, Reply<Done> reply) {
  queue_.add<Done>(
      std::move(reply), [renewal = std::move(renewal)](MemoryDatabase& database) -> Result<Done> {
        const UserRecord* account = findByEmail(database, renewal.email);
        const auto claims =
            account == nullptr ? openClaims(database, renewal.email) : std::vector<UserRecord*>{};
        const UserRecord* user = account != nullptr ? account : claims.empty() ? nullptr : claims.front();
        if (user == nullptr || user->emailVerifiedAt) {
          return Done{};
        }
        const bool contested = claims.size() > 1;
        auto& tokens = contested ? database.resetTokens : database.verificationTokens;
        std::erase_if(tokens, [&](const auto& entry) {
          return entry.second.userId == user->id && !entry.second.consumedAt;
        });
        tokens.emplace(contested ? renewal.resetHash : renewal.tokenHash,
                       MemoryDatabase::Token{contested ? renewal.resetId : renewal.tokenId,
                                             user->id,
                                             user->email,
                                             contested ? renewal.resetExpires : renewal.expires,
                                             std::nullopt,
                                             {}});
        storeMail(database, contested ? renewal.resetMail : renewal.mail, renewal.now);
        return Done{};
      });
}

void MemoryAccountRepository::changePassword(ChangePassword change, Reply<ChangePasswordOutcome> reply) {
  queue_.add<ChangePasswordOutcome>(
      std::move(reply),
      [change = std::move(change)](MemoryDatabase& database) -> Result<ChangePasswordOutcome> {
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
            database,
            {change.userId, change.exceptSession, {}, change.keepKeys, "password_changed", change.now}));
      });
}

void MemoryAccountRepository::upgradePasswordHash(Uuid userId, std::string oldPhc, std::string newPhc,
                                                  Reply<Done> reply) {
  queue_.add<Done>(std::move(reply),
                   [userId, oldPhc = std::move(oldPhc),
                    newPhc = std::move(newPhc)](MemoryDatabase& database) -> Result<Done> {
                     const auto password = database.passwords.find(userId);
                     if (password != database.passwords.end() && password->second == oldPhc) {
                       password->second = newPhc;
                     }
                     return Done{};
                   });
}

void MemoryAccountRepository::openSession(OpenSession opening, Reply<Done> reply) {
  queue_.add<Done>(std::move(reply),
                   [opening = std::move(opening)](MemoryDatabase& database) -> Result<Done> {
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
                   });
}

void MemoryAccountRepository::findSession(Uuid sessionId, Reply<std::optional<SessionRecord>> reply) {
  using Found = std::optional<SessionRecord>;
  queue_.add<Found>(std::move(reply), [sessionId](MemoryDatabase& database) -> Result<Found> {
    const auto found = database.sessions.find(sessionId);
    return found == database.sessions.end() ? Found() : Found(withUser(database, found->second));
  });
}

void MemoryAccountRepository::advanceRefresh(AdvanceRefresh advance, Reply<bool> reply) {
  queue_.add<bool>(std::move(reply),
                   [advance = std::move(advance)](MemoryDatabase& database) -> Result<bool> {
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
                   });
}

void MemoryAccountRepository::revokeSessions(RevokeSessions revocation, Reply<std::vector<Uuid>> reply) {
  queue_.add<std::vector<Uuid>>(
      std::move(reply),
      [revocation = std::move(revocation)](MemoryDatabase& database) -> Result<std::vector<Uuid>> {
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
      });
}

void MemoryAccountRepository::listSessions(Uuid userId, TimePoint now,
                                           Reply<std::vector<SessionRecord>> reply) {
  static constexpr std::size_t kMost = 100;
  queue_.add<std::vector<SessionRecord>>(
      std::move(reply), [userId, now](MemoryDatabase& database) -> Result<std::vector<SessionRecord>> {
        std::vector<SessionRecord> live;
        for (const auto& [id, record] : database.sessions) {
          if (record.session.userId == userId && isLive(record, now)) {
            live.push_back(withUser(database, record));
          }
        }
        std::sort(live.begin(), live.end(), [](const SessionRecord& a, const SessionRecord& b) {
          return std::pair(b.session.createdAt, b.session.id) < std::pair(a.session.createdAt, a.session.id);
        });
        live.resize(std::min(live.size(), kMost));
        return live;
      });
}

void MemoryAccountRepository::claimMails(int limit, TimePoint now, TimePoint leaseUntil,
                                         Reply<std::vector<OutboxMail>> reply) {
  queue_.add<std::vector<OutboxMail>>(
      std::move(reply),
      [limit, now, leaseUntil](MemoryDatabase& database) -> Result<std::vector<OutboxMail>> {
        return takeDueMails(database, static_cast<std::size_t>(std::max(limit, 0)), now, leaseUntil);
      });
}

void MemoryAccountRepository::markMailSent(Uuid mailId, TimePoint now, Reply<Done> reply) {
  queue_.add<Done>(std::move(reply), [mailId, now](MemoryDatabase& database) -> Result<Done> {
    if (const auto found = database.mails.find(mailId); found != database.mails.end()) {
      found->second.sentAt = now;
      found->second.mail.recipientSealed.clear();
      found->second.mail.payloadSealed.clear();
      found->second.lastError.clear();
    }
    return Done{};
  });
}

void MemoryAccountRepository::markMailFailed(Uuid mailId, TimePoint nextTryAt, std::string reason,
                                             Reply<Done> reply) {
  queue_.add<Done>(std::move(reply),
                   [mailId, nextTryAt, reason = std::move(reason)](MemoryDatabase& database) -> Result<Done> {
                     if (const auto found = database.mails.find(mailId);
                         found != database.mails.end() && !found->second.sentAt) {
                       found->second.nextAt = nextTryAt;
                       found->second.lastError = reason;
                     }
                     return Done{};
                   });
}

void MemoryAccountRepository::giveUpMail(Uuid mailId, std::string reason, AuditEvent audit,
                                         Reply<Done> reply) {
  queue_.add<Done>(std::move(reply),
                   [mailId, reason = std::move(reason),
                    audit = std::move(audit)](MemoryDatabase& database) -> Result<Done> {
                     const auto found = database.mails.find(mailId);
                     if (found != database.mails.end() && !found->second.sentAt &&
                         found->second.nextAt != TimePoint::max()) {
                       found->second.nextAt = TimePoint::max();
                       found->second.mail.recipientSealed.clear();
                       found->second.mail.payloadSealed.clear();
                       found->second.lastError = reason;
                       noteAudit(database, audit);
                     }
                     return Done{};
                   });
}

void MemoryAccountRepository::signingKeys(TimePoint now, Reply<std::vector<SigningKeyRecord>> reply) {
  queue_.add<std::vector<SigningKeyRecord>>(
      std::move(reply), [now](MemoryDatabase& database) -> Result<std::vector<SigningKeyRecord>> {
        return keysInOrder(database, now);
      });
}

void MemoryAccountRepository::ensureSigningKey(SigningKeyRecord key, TimePoint now,
                                               Reply<std::vector<SigningKeyRecord>> reply) {
  queue_.add<std::vector<SigningKeyRecord>>(
      std::move(reply),
      [key = std::move(key), now](MemoryDatabase& database) -> Result<std::vector<SigningKeyRecord>> {
        const bool hasCurrent =
            std::any_of(database.signingKeys.begin(), database.signingKeys.end(),
                        [](const auto& entry) { return entry.second.status == "current"; });
        if (!hasCurrent) {
          auto stored = key;
          stored.status = "current";
          database.signingKeys.emplace(stored.keyId, std::move(stored));
        }
        return keysInOrder(database, now);
      });
}

void MemoryAccountRepository::insertHealthSnapshot(HealthSnapshot snapshot, Reply<Done> reply) {
  queue_.add<Done>(std::move(reply),
                   [snapshot = std::move(snapshot)](MemoryDatabase& database) -> Result<Done> {
                     database.healthSnapshots.emplace(snapshot.id, snapshot);
                     return Done{};
                   });
}

}  // namespace ks
