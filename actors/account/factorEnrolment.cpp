#include <algorithm>
#include <utility>

#include "actors/account/factorActor.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/userAgent.hpp"
#include "crypto/recoveryCode.hpp"
#include "crypto/totp.hpp"

namespace ks {
namespace {

constexpr std::size_t kRecoveryCodes = 10;

struct FreshRecoveryCodes {
  NewRecoveryCodes stored;
  std::vector<SecretText> told;
};

FreshRecoveryCodes freshRecoveryCodes(const ActorEnvironment& environment) {
  FreshRecoveryCodes codes;
  codes.stored.setId = environment.uuids.next();
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    codes.told.push_back(makeRecoveryCode(environment.random));
    codes.stored.ids.push_back(environment.uuids.next());
    codes.stored.hashes.push_back(recoveryCodeHash(codes.told.back().reveal()).value());
  }
  return codes;
}

AuditEvent factorAudit(const ActorEnvironment& environment, const RequestContext& context, std::string action,
                       const Uuid& factorId, AuditOutcome outcome = AuditOutcome::ok) {
  auto event = auditOf(environment, context, std::move(action), outcome);
  event.targetType = "factor";
  event.targetId = factorId.toString();
  return event;
}

}  // namespace

template <class Promise, class Next>
void FactorState::ownFactorsThen(const RequestContext& context, Promise promise, Next next) {
  storeThen(context, FindFactors{context.principal->userId}, promise,
            [this, next = std::move(next)](std::vector<FactorRecord>& factors) mutable {
              const auto tooOld = now() - deps_.policy->pendingFactorLife;
              std::erase_if(factors, [tooOld](const FactorRecord& factor) {
                return !factor.active && factor.createdAt <= tooOld;
              });
              next(factors);
            });
}

caf::result<std::vector<FactorRecord>> FactorState::listFactors(ListFactors& request) {
  auto promise = self->make_response_promise<std::vector<FactorRecord>>();
  ownFactorsThen(request.context, promise, [promise](std::vector<FactorRecord>& factors) mutable {
    for (auto& factor : factors) {
      factor.secretSealed.clear();
    }
    promise.deliver(std::move(factors));
  });
  return promise;
}

caf::result<TotpEnrolment> FactorState::beginTotp(BeginTotp& request) {
  auto promise = self->make_response_promise<TotpEnrolment>();
  const auto context = request.context;
  ownSessionThen(
      context, promise,
      [this, context, name = std::move(request.name), promise](SessionRecord& session) mutable {
        TotpEnrolment answer;
        answer.factorId = deps_.environment.uuids.next();
        answer.secret = makeTotpSecret(deps_.environment.random);
        answer.address = totpAddress(answer.secret, deps_.policy->totpIssuer, session.user.email);
        auto sealed = deps_.crypto->cipher.seal(answer.secret.reveal(), factorSecretContext(answer.factorId));
        if (!sealed.ok()) {
          return fail(promise, std::move(sealed.fault()));
        }
        NewTotpFactor factor{
            answer.factorId, context.principal->userId,
            std::move(name), std::move(sealed.value()),
            now(),           factorAudit(deps_.environment, context, "auth.mfa.begin", answer.factorId)};
        storeThen(context, std::move(factor), promise,
                  [this, context, answer = std::move(answer), promise](bool& added) mutable {
                    if (added) {
                      promise.deliver(std::move(answer));
                      return;
                    }
                    auto event = factorAudit(deps_.environment, context, "auth.mfa.begin", answer.factorId,
                                             AuditOutcome::fail);
                    event.reason = "factor_exists";
                    fail(promise, refusal(makeFault(ErrorCode::factorExists), std::move(event)));
                  });
      });
  return promise;
}

caf::result<LoginAnswer> FactorState::confirmTotp(ConfirmTotp& request) {
  auto promise = self->make_response_promise<LoginAnswer>();
  auto shared = std::make_shared<ConfirmTotp>(std::move(request));
  ownSessionThen(shared->context, promise, [this, shared, promise](SessionRecord& session) mutable {
    ownFactorsThen(
        shared->context, promise,
        [this, shared, caller = std::move(session), promise](std::vector<FactorRecord>& factors) mutable {
          const auto factor = std::find_if(factors.begin(), factors.end(), [&](const FactorRecord& each) {
            return each.id == shared->id && !each.active;
          });
          if (factor == factors.end()) {
            return fail(promise, ErrorCode::factorNotFound);
          }
          const auto guess = std::make_shared<SecretGuess>(
              guessInSession(deps_, shared->context, kCodeAction, SecretKind::code, {caller.user, {}}));
          admitGuess(guess, promise,
                     [this, shared, factor = std::move(*factor), caller = std::move(caller), guess,
                      promise]() mutable { tryFirstCode(shared, factor, caller, guess, promise); });
        });
  });
  return promise;
}

void FactorState::tryFirstCode(const std::shared_ptr<ConfirmTotp>& request, const FactorRecord& factor,
                               const SessionRecord& caller, const Guess& guess, const LoginPromise& promise) {
  auto secret = deps_.crypto->cipher.open(factor.secretSealed, factorSecretContext(factor.id));
  if (!secret.ok()) {
    refuseCode(guess, std::move(secret.fault()), promise);
    return;
  }
  const auto digits = readTotpCode(request->code.reveal());
  const auto step = digits ? findTotpStep(secret.value(), *digits, now()) : std::nullopt;
  if (!step) {
    refuseCode(guess, fieldFault(ErrorCode::mfaCodeInvalid, "code"), promise);
    return;
  }
  withdrawGuess(*guess);
  confirmFactor(request, caller, *step, promise);
}

void FactorState::confirmFactor(const std::shared_ptr<ConfirmTotp>& request, const SessionRecord& caller,
                                std::int64_t step, const LoginPromise& promise) {
  auto context = request->context;
  auto user = caller.user;
  user.mfaEnabled = true;
  ++user.sessionEpoch;  // as after the confirmation: this device stays known, others are new again
  auto made = makeSuccessor(deps_, context, user, caller.session, 2, "otp");
  auto notice = composeMail("factorAdded", user.locale, user.email, {});
  if (!made.ok() || !notice.ok()) {
    return fail(promise, std::move(made.ok() ? notice.fault() : made.fault()));
  }
  auto fresh = std::make_shared<const FreshSession>(std::move(made.value()));
  auto codes = freshRecoveryCodes(deps_.environment);
  ConfirmFactor confirmation;
  confirmation.factorId = request->id;
  confirmation.oldSession = caller.session.id;
  confirmation.step = step;
  confirmation.codes = std::move(codes.stored);
  confirmation.session = fresh->record.session;
  confirmation.notice = std::move(notice.value());
  confirmation.keepKeys = request->keepKeys;
  confirmation.audit = factorAudit(deps_.environment, context, "auth.mfa.enrol", request->id);
  confirmation.audit.sessionId = confirmation.session.id;
  confirmation.audit.after = {{"type", "totp"}};
  storeThen(
      context, std::move(confirmation), promise,
      [this, context, fresh, told = std::move(codes.told), promise](ConfirmFactorOutcome& outcome) mutable {
        if (!outcome) {
          return fail(promise, ErrorCode::factorNotFound);
        }
        sessionsEnded(context, fresh->record.user.id, *outcome);
        wakeMail();
        logAudit("auth.mfa.enrolled", "A user set up a second factor",
                 {{"user_id", fresh->record.user.id.toString()}, {"sessions_ended", outcome->size()}});
        LoginAnswer extra;
        extra.recoveryCodes = std::move(told);
        extra.tokens.deviceToken = fresh->deviceToken;
        answerWithTokens(context, fresh->record, fresh->refreshKey, 0, promise, std::move(extra));
      });
}

caf::result<Done> FactorState::removeFactor(RemoveOwnFactor& request) {
  auto promise = self->make_response_promise<Done>();
  const auto context = request.context;
  ownSessionThen(context, promise,
                 [this, context, factorId = request.id, keepKeys = request.keepKeys,
                  promise](SessionRecord& session) mutable {
                   auto notice = composeMail("factorRemoved", session.user.locale, session.user.email, {});
                   if (!notice.ok()) {
                     return fail(promise, std::move(notice.fault()));
                   }
                   RemoveFactor removal{factorId,
                                        context.principal->userId,
                                        std::move(notice.value()),
                                        now(),
                                        factorAudit(deps_.environment, context, "auth.mfa.remove", factorId),
                                        keepKeys};
                   storeThen(context, std::move(removal), promise,
                             [this, context, promise](RemoveFactorOutcome& outcome) mutable {
                               if (!outcome.removed) {
                                 return fail(promise, ErrorCode::factorNotFound);
                               }
                               sessionsEnded(context, context.principal->userId, outcome.ended);
                               wakeMail();
                               logAudit("auth.mfa.removed", "A user removed a second factor",
                                        {{"sessions_ended", outcome.ended.size()}});
                               promise.deliver(Done{});
                             });
                 });
  return promise;
}

caf::result<RecoveryCodes> FactorState::countRecoveryCodes(CountRecoveryCodes& request) {
  auto promise = self->make_response_promise<RecoveryCodes>();
  storeThen(request.context, FindRecoveryCodesLeft{request.context.principal->userId}, promise,
            [promise](int& left) mutable {
              promise.deliver(RecoveryCodes{left, {}});
            });
  return promise;
}

caf::result<RecoveryCodes> FactorState::makeRecoveryCodes(MakeRecoveryCodes& request) {
  auto promise = self->make_response_promise<RecoveryCodes>();
  const auto context = request.context;
  ownSessionThen(context, promise, [this, context, promise](SessionRecord& session) mutable {
    renewRecoveryCodes(context, session.user, promise);
  });
  return promise;
}

void FactorState::renewRecoveryCodes(const RequestContext& context, const UserRecord& user,
                                     caf::typed_response_promise<RecoveryCodes> promise) {
  auto notice = composeMail(
      "recoveryCodesRenewed", user.locale, user.email,
      mailPayload({{"device", describeUserAgent(context.client.userAgent)}, {"ip", context.client.ip}}));
  if (!notice.ok()) {
    return fail(promise, std::move(notice.fault()));
  }
  auto codes = freshRecoveryCodes(deps_.environment);
  RenewRecoveryCodes renewal{user.id, std::move(codes.stored), now(),
                             auditOfUser(deps_.environment, context, "auth.mfa.recoveryCodes.renew", user.id),
                             std::move(notice.value())};
  storeThen(context, std::move(renewal), promise,
            [this, told = std::move(codes.told), promise](bool& renewed) mutable {
              if (!renewed) {
                return fail(promise, messageFault(ErrorCode::mfaRequired,
                                                  "Set up a second factor first; recovery codes replace it"));
              }
              wakeMail();
              logAudit("auth.mfa.recoveryCodesRenewed", "A user made new recovery codes");
              const int count = static_cast<int>(told.size());
              promise.deliver(RecoveryCodes{count, std::move(told)});
            });
}

}  // namespace ks
