#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "actors/account/passwordPolicy.hpp"
#include "actors/account/usernamePolicy.hpp"
#include "actors/runtime/accountCrypto.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "actors/runtime/actorRef.hpp"
#include "actors/session/signingKeys.hpp"
#include "actors/session/tokenCache.hpp"
#include "core/logging/eventInbox.hpp"
#include "core/settings/eventRate.hpp"
#include "core/settings/liveSettings.hpp"
#include "core/settings/lockLadder.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

/// Times and limits of accounts and sessions; docs/architecture.md, Sessions and Guessing, says what they are
/// for.
struct AuthPolicy {
  bool signUpOpen = true;
  UsernamePolicy usernames;
  PasswordPolicy password;
  std::chrono::seconds accessTokenLife{600};
  std::chrono::hours sessionIdle{7 * 24};
  std::chrono::hours sessionAbsolute{30 * 24};
  std::chrono::hours shortSessionIdle{1};  ///< signed in without "remember me"
  std::chrono::hours shortSessionAbsolute{12};
  std::chrono::minutes factorSessionIdle{60};  ///< of an account with a second factor
  std::chrono::hours factorSessionAbsolute{24};
  std::chrono::minutes adminSessionIdle{15};  ///< of a caller who holds permissions to administer
  std::chrono::hours adminSessionAbsolute{8};
  std::chrono::minutes challengeLife{5};  ///< between the password and the second factor
  int codesPerChallenge = 5;
  std::chrono::minutes pendingFactorLife{15};  ///< of a factor that has not been confirmed
  std::string totpIssuer = "k-services";       ///< name of the service in an authenticator app
  std::chrono::seconds refreshGrace{10};       ///< how long a token behind by one gets the current one
  std::chrono::hours verifyTokenLife{24};
  std::chrono::hours resetTokenLife{1};
  std::chrono::hours deviceLinkLife{1};
  std::chrono::minutes deviceLinkPause{10};  ///< at least, between two such mails to an account
  std::chrono::hours emailConfirmLife{24};
  std::chrono::hours emailUndoLife{7 * 24};  ///< also after the change was confirmed
  LockLadder loginLocks;                     ///< of wrong passwords and codes
  /// For wrong codes without loginLocks: six digits must never be guessable without limit.
  LockLadder codeLocks{{6, 1},    {7, 2},     {8, 4},     {9, 8},
                       {10, 300}, {20, 1800}, {50, 3600}, {100, LockStep::kForever}};
  std::chrono::hours failuresCounted{24};  ///< after this time without one the count is cleared
  EventRate registrationsOfAddress;        ///< this and the following: count 0 is no limit
  EventRate mailsToAccount;                ///< mails that anybody can request: reset, verification
  EventRate mailsAskedByAddress;
  std::chrono::milliseconds answerStep{100};  ///< of answers that do not reveal whether an account exists
  std::chrono::milliseconds loginAnswerStep{100};  ///< the same after a password was checked
  std::size_t hashesInFlight = 32;                 ///< beyond it a sign-in is refused with `overloaded`
  std::size_t guessesWaiting = 128;                ///< for the verdict on another try; past it `overloaded`
  Milliseconds guessWait{5'000};                   ///< at most, for that verdict
  Milliseconds shortestGuessPause{10};
  Milliseconds longestGuessPause{100};
  std::chrono::milliseconds storageTimeout{10'000};
  std::chrono::milliseconds hashTimeout{10'000};
  std::chrono::milliseconds cacheTimeout{100};
};

/// From the settings; the rest by default.
AuthPolicy authPolicyOf(const Settings& settings);

/// What every account actor works with.
struct AuthDependencies {
  ActorEnvironment environment;
  ActorPool<StorageActor> storage;
  ActorPool<PasswordActor> passwords;
  ActorRef<SessionCacheActor> sessionCache;
  ActorRef<MailActor> mail;
  std::shared_ptr<const AccountCrypto> crypto;
  std::shared_ptr<SigningKeys> signingKeys;
  std::shared_ptr<TokenCache> tokenCache;
  std::shared_ptr<EventInbox> events;
  Live<AuthPolicy> policy;
};

}  // namespace ks
