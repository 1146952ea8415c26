#pragma once
#include <memory>
#include <optional>
#include <string>

#include "actors/accountSteps.hpp"
#include "messages/factorInterfaces.hpp"

namespace ks {

/// See FactorActor. One file for each group of handlers: factorChallenge.cpp, factorEnrolment.cpp,
/// reauthentication.cpp.
struct FactorState : AccountSteps<FactorActor> {
  FactorState(FactorActor::pointer self, std::shared_ptr<ActorProbe> probe, AuthDependencies dependencies);
  FactorActor::behavior_type make_behavior();

 private:
  using ListPromise = caf::typed_response_promise<FactorList>;
  using CodesPromise = caf::typed_response_promise<RecoveryCodes>;

  // factorChallenge.cpp
  caf::result<LoginAnswer> verify(VerifyFactor& request);
  void judgeChallenge(const std::shared_ptr<VerifyFactor>& request, const AttemptRecord& attempt,
                      LoginPromise promise);
  void openProvenSession(const std::shared_ptr<VerifyFactor>& request, const AttemptRecord& attempt,
                         const FactorProof& proof, LoginPromise promise);
  /// What `code` proves with the account's active factor. Faults mfaCodeInvalid, mfaCodeReused.
  Result<FactorProof> proveByTotp(const AttemptRecord& attempt, const SecretText& code);
  /// Audits a refused code and fails the promise.
  void refuseCode(const RequestContext& context, const Uuid& userId, Fault fault, LoginPromise promise);
  [[nodiscard]] AttemptLimits attemptLimits() const;
  [[nodiscard]] Fault accountLimitFault(const AttemptRecord& attempt) const;

  // factorEnrolment.cpp
  caf::result<FactorList> listFactors(ListFactors& request);
  caf::result<TotpEnrolment> beginTotp(BeginTotp& request);
  caf::result<LoginAnswer> confirmTotp(ConfirmTotp& request);
  void confirmFactor(const std::shared_ptr<ConfirmTotp>& request, const SessionRecord& caller,
                     std::int64_t step, LoginPromise promise);
  caf::result<Done> removeFactor(RemoveOwnFactor& request);
  caf::result<RecoveryCodes> countRecoveryCodes(CountRecoveryCodes& request);
  caf::result<RecoveryCodes> makeRecoveryCodes(MakeRecoveryCodes& request);

  // reauthentication.cpp
  caf::result<LoginAnswer> reauthenticate(Reauthenticate& request);
  void judgeReauthentication(const std::shared_ptr<Reauthenticate>& request,
                             const std::shared_ptr<const SessionRecord>& caller, const AttemptRecord& attempt,
                             LoginPromise promise);
  void replaceSession(const RequestContext& context, const SessionRecord& caller,
                      const std::optional<FactorProof>& proof, LoginPromise promise);
};

}  // namespace ks
