#pragma once
#include <memory>
#include <optional>
#include <string>

#include "actors/account/challengeState.hpp"
#include "actors/account/loginGuard.hpp"
#include "messages/account/factorInterfaces.hpp"

namespace ks {

/// See FactorActor. One file for each group of handlers: factorChallenge.cpp, factorEnrolment.cpp,
/// reauthentication.cpp.
struct FactorState : LoginGuard<FactorActor> {
  FactorState(FactorActor::pointer self, std::shared_ptr<ActorProbe> probe, AuthDependencies dependencies);
  FactorActor::behavior_type make_behavior();

 private:
  // factorChallenge.cpp
  caf::result<LoginAnswer> verify(VerifyFactor& request);
  void judgeChallenge(const std::shared_ptr<VerifyFactor>& request,
                      const std::shared_ptr<const AttemptRecord>& attempt, const LoginPromise& promise);
  void tryCode(const std::shared_ptr<VerifyFactor>& request, const AttemptRecord& attempt,
               const ChallengeState& state, const Guess& guess, const LoginPromise& promise);
  void openProvenSession(const AttemptRecord& attempt, const ChallengeState& state, const FactorProof& proof,
                         const Guess& guess, const LoginPromise& promise);
  /// Fails the promise with a refusal that needed no work, so the dispatcher limits its entries.
  void deny(const RequestContext& context, const char* action, const Uuid& userId, Fault fault,
            LoginPromise promise);

  // factorEnrolment.cpp
  caf::result<std::vector<FactorRecord>> listFactors(ListFactors& request);
  caf::result<TotpEnrolment> beginTotp(BeginTotp& request);
  caf::result<LoginAnswer> confirmTotp(ConfirmTotp& request);
  /// Continues with `next(std::vector<FactorRecord>&)`: the active factor, and a pending one that has not
  /// expired.
  template <class Promise, class Next>
  void ownFactorsThen(const RequestContext& context, Promise promise, Next next);
  void tryFirstCode(const std::shared_ptr<ConfirmTotp>& request, const FactorRecord& factor,
                    const SessionRecord& caller, const Guess& guess, const LoginPromise& promise);
  void confirmFactor(const std::shared_ptr<ConfirmTotp>& request, const SessionRecord& caller,
                     std::int64_t step, const LoginPromise& promise);
  caf::result<Done> removeFactor(RemoveOwnFactor& request);
  caf::result<RecoveryCodes> countRecoveryCodes(CountRecoveryCodes& request);
  caf::result<RecoveryCodes> makeRecoveryCodes(MakeRecoveryCodes& request);
  void renewRecoveryCodes(const RequestContext& context, const UserRecord& user,
                          caf::typed_response_promise<RecoveryCodes> promise);

  // reauthentication.cpp
  caf::result<LoginAnswer> reauthenticate(Reauthenticate& request);
  void reauthenticateByCode(const RequestContext& context, const SessionRecord& caller,
                            const SecretText& code, const LoginPromise& promise);
  /// A password never replaces a second factor, whatever the session has proved before.
  void refusePasswordAlone(const RequestContext& context, const Uuid& userId, LoginPromise promise);
  void reauthenticateByPassword(const RequestContext& context, const SessionRecord& caller,
                                const SecretText& password, const LoginPromise& promise);
  /// `guess` is that of the proof's code.
  void replaceSession(const RequestContext& context, const SessionRecord& caller,
                      const std::optional<FactorProof>& proof, const Guess& guess,
                      const LoginPromise& promise);
};

}  // namespace ks
