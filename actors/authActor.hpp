#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "actors/accountCrypto.hpp"
#include "actors/actorDirectory.hpp"
#include "actors/actorEnvironment.hpp"
#include "actors/actorRef.hpp"
#include "actors/passwordPolicy.hpp"
#include "actors/signingKeys.hpp"
#include "actors/storageJob.hpp"
#include "actors/tokenCache.hpp"
#include "core/eventInbox.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

/// Times and limits of accounts and sessions; sources in reference/auth.md section 4.
struct AuthPolicy {
  PasswordPolicy password;
  std::chrono::seconds accessTokenLife{600};
  std::chrono::hours sessionIdle{7 * 24};
  std::chrono::hours sessionAbsolute{30 * 24};
  std::chrono::hours shortSessionIdle{1};  ///< signed in without "remember me"
  std::chrono::hours shortSessionAbsolute{12};
  std::chrono::seconds refreshGrace{
      10};  ///< a token behind by one is answered with the current one for so long
  std::chrono::hours verifyTokenLife{24};
  std::size_t hashesInFlight = 32;  ///< past it a sign-in is refused with `overloaded`
  std::chrono::milliseconds storageTimeout{10'000};
  std::chrono::milliseconds hashTimeout{10'000};
  std::chrono::milliseconds cacheTimeout{100};
};

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
  AuthPolicy policy;
};

/// See AuthActor. Never blocks: hashing, storage and Redis are other actors' work. One file for each group of
/// handlers: authRegistration.cpp, authLogin.cpp, authPasswords.cpp, authSessions.cpp.
struct AuthState {
  AuthState(AuthActor::pointer self, std::shared_ptr<ActorProbe> probe, AuthDependencies dependencies);
  AuthActor::behavior_type make_behavior();

  AuthActor::pointer self;
  std::size_t hashesInFlight = 0;

 private:
  using DonePromise = caf::typed_response_promise<Done>;
  using LoginPromise = caf::typed_response_promise<LoginAnswer>;

  // authRegistration.cpp
  caf::result<Done> registerAccount(RegisterRequest& request);
  void storeAccount(const std::shared_ptr<RegisterRequest>& request, const std::string& phc,
                    DonePromise promise);
  caf::result<Done> verifyEmail(VerifyEmailRequest& request);
  caf::result<Done> resendVerification(ResendVerificationRequest& request);
  caf::result<CreateAdministratorAnswer> createAdministrator(CreateAdministratorRequest& request);

  // authLogin.cpp
  caf::result<LoginAnswer> login(LoginRequest& request);
  void refuseLogin(const LoginRequest& request, const std::optional<CredentialRecord>& credential,
                   ErrorCode code, const char* reason, LoginPromise promise);
  void judgeLogin(const std::shared_ptr<LoginRequest>& request, const SecretText& password,
                  const std::optional<CredentialRecord>& credential, const PasswordVerdict& verdict,
                  LoginPromise promise);
  void openSession(const RequestContext& context, const UserRecord& user, TokenTransport transport,
                   bool remember, LoginPromise promise);
  void upgradeHash(const RequestContext& context, Uuid userId, const std::string& oldPhc,
                   const SecretText& password);
  /// Answers with tokens for the session at `counter`. Their fast copies are written first (or Redis has had
  /// its chance), so that the gateway knows the token when it comes.
  void answerWithTokens(const RequestContext& context, const SessionRecord& session,
                        const SecretText& refreshKey, std::int64_t counter, LoginPromise promise);
  Result<LoginAnswer> makeTokens(const SessionRecord& session, const SecretText& refreshKey,
                                 std::int64_t counter);

  // authPasswords.cpp
  caf::result<Done> changePassword(ChangePasswordRequest& request);
  void storeNewPassword(const std::shared_ptr<ChangePasswordRequest>& request,
                        const CredentialRecord& credential, const std::string& phc, DonePromise promise);

  // authSessions.cpp
  caf::result<LoginAnswer> refresh(RefreshRequest& request);
  void refreshSession(const std::shared_ptr<RefreshRequest>& request, int attempt, LoginPromise promise);
  void judgeRefresh(const std::shared_ptr<RefreshRequest>& request, const SessionRecord& session,
                    std::int64_t counter, int attempt, LoginPromise promise);
  caf::result<Done> logout(LogoutRequest& request);
  caf::result<std::vector<SessionRecord>> listSessions(ListSessionsRequest& request);
  caf::result<Done> revokeSession(RevokeSessionRequest& request);
  /// Makes the end of sessions known: own cache at once, Redis and the other processes by message.
  void sessionsEnded(const RequestContext& context, Uuid userId, const std::vector<Uuid>& sessionIds);

  // authActor.cpp
  /// Hashing is bounded: `overloaded` at once when too much of it is under way.
  template <class Out, class Message, class Promise, class Next>
  void hashThen(const RequestContext& context, Message message, Promise promise, Next next);
  template <auto Method, class Promise, class Next>
  void storeThen(const RequestContext& context, StorageArguments<Method> arguments, Promise promise,
                 Next next);
  Result<OutboxMail> composeMail(std::string mailTemplate, const std::string& locale,
                                 const std::string& recipient, std::string_view payload);
  void wakeMail();
  /// Audits what failed or was denied, where no statement does it. False: there is no room for the event, and
  /// `promise` was failed with `overloaded`: nothing happens unaudited.
  template <class Promise>
  bool recorded(AuditEvent event, Promise& promise);
  [[nodiscard]] TimePoint now() const { return deps_.environment.clock.now(); }

  std::shared_ptr<ActorProbe> probe_;
  AuthDependencies deps_;
};

}  // namespace ks
