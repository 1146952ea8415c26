#pragma once
#include <memory>
#include <string>

#include "actors/account/loginGuard.hpp"

namespace ks {

/// See AuthActor. Never blocks: other actors do hashing, storage and Redis. One file for each group of
/// handlers: authRegistration.cpp, authLogin.cpp, authPasswords.cpp, authSessions.cpp.
struct AuthState : LoginGuard<AuthActor> {
  AuthState(AuthActor::pointer self, std::shared_ptr<ActorProbe> probe, AuthDependencies dependencies);
  AuthActor::behavior_type make_behavior();

 private:
  using DonePromise = caf::typed_response_promise<Done>;
  using LoginPromise = caf::typed_response_promise<LoginAnswer>;

  // authRegistration.cpp
  caf::result<Done> registerAccount(RegisterRequest& request);
  void countRecipient(const std::shared_ptr<RegisterRequest>& request, const std::string& phc,
                      const DonePromise& promise);
  void storeAccount(const std::shared_ptr<RegisterRequest>& request, const std::string& phc, bool silent,
                    DonePromise promise);
  caf::result<Done> verifyEmail(VerifyEmailRequest& request);
  caf::result<Done> resendVerification(ResendVerificationRequest& request);
  void renewVerification(const ResendVerificationRequest& request, const DonePromise& promise);
  caf::result<CreateAdministratorAnswer> createAdministrator(CreateAdministratorRequest& request);

  // authLogin.cpp
  caf::result<LoginAnswer> login(LoginRequest& request);
  /// For an account whose password was right.
  void refuseLogin(const SecretGuess& guess, ErrorCode code, const char* reason, LoginPromise promise);
  void judgeLogin(const std::shared_ptr<LoginRequest>& request, const SecretText& password,
                  const SecretGuess& guess, const PasswordVerdict& verdict, LoginPromise promise);
  void openSession(const RequestContext& context, const UserRecord& user, const SessionCommand& wish,
                   const LoginPromise& promise);
  /// The password was right, and the account has a second factor: the session waits for it.
  void demandFactor(const LoginRequest& request, const SecretGuess& guess, LoginPromise promise);
  void upgradeHash(const RequestContext& context, Uuid userId, const std::string& oldPhc,
                   const SecretText& password);

  // authPasswords.cpp
  caf::result<Done> changePassword(ChangePasswordRequest& request);
  /// Continues with `next()` if the request has a code that proves the account's second factor.
  template <class Next>
  void secondFactorThen(const std::shared_ptr<ChangePasswordRequest>& request, const SecretGuess& password,
                        DonePromise promise, Next next);
  void storeNewPassword(const std::shared_ptr<ChangePasswordRequest>& request,
                        const CredentialRecord& credential, const std::string& phc, DonePromise promise);

  // authSessions.cpp
  caf::result<LoginAnswer> refresh(RefreshRequest& request);
  void refreshSession(const std::shared_ptr<RefreshRequest>& request, int attempt,
                      const LoginPromise& promise);
  void judgeRefresh(const std::shared_ptr<RefreshRequest>& request, const SessionRecord& session,
                    std::int64_t counter, int attempt, const LoginPromise& promise);
  void changeDevice(const std::shared_ptr<RefreshRequest>& request, const SessionRecord& session,
                    const Bytes& deviceHash, std::int64_t counter, int attempt, const LoginPromise& promise);
  caf::result<Done> logout(LogoutRequest& request);
  caf::result<std::vector<SessionRecord>> listSessions(ListSessionsRequest& request);
  caf::result<Done> revokeSession(RevokeSessionRequest& request);
  caf::result<SessionsRevoked> logoutAll(LogoutAllRequest& request);
};

}  // namespace ks
