#include <algorithm>

#include "core/text/base32.hpp"
#include "crypto/totp.hpp"
#include "test/simulation/account/clientActor.hpp"

namespace ks::sim {

std::string ClientState::codeOf(const FactorView& factor, std::int64_t step) const {
  return hotpCode(base32Decode(factor.secret).value(), step);
}

ClientState::Session ClientState::adoptNew(const LoginAnswer& answer, int level, VirtualTime sentAt) {
  auto session = std::make_shared<SessionView>();
  session->id = answer.tokens.sessionId;
  session->userId = answer.user->id;
  session->level = level;
  session->openedAt = sentAt;
  session->maybeEnded = account.endsUntil != VirtualTime{} && settledBefore_ <= account.endsUntil;
  adopt(session, answer.tokens, 0);
  account.sessions.push_back(session);
  return session;
}

void ClientState::everySessionEnded(std::size_t process) {
  for (const auto& session : account.sessions) {
    if (!session->maybeEnded) {
      ended(session, process);
    }
  }
}

void ClientState::everySessionUnsure() {
  account.endsUntil = std::max(account.endsUntil, lastDeadline_);
  for (const auto& session : account.sessions) {
    session->maybeEnded = true;
  }
}

void ClientState::enrol(const Session& session) {
  const bool live = !session->ended && !session->maybeEnded;
  const auto factor = account.factor;
  const bool sure = account.factorSure;
  BeginTotp request;
  request.context = signedIn(*session);
  ask<TotpEnrolment>("begin factor", world.process(anyProcess()).factors.get(), std::move(request),
                     [this, session, live, factor, sure](Result<TotpEnrolment>& result) {
                       if (result.ok()) {
                         if (factor && sure) {
                           violate("a second factor was begun beside an active one");
                         }
                         auto begun = std::make_shared<FactorView>();
                         begun->id = result.value().factorId;
                         begun->secret = std::string{result.value().secret.reveal()};
                         confirm(session, begun, random.oneIn(4));
                       } else if (result.fault().code == ErrorCode::factorExists) {
                         if (!factor && sure) {
                           violate("a second factor exists that nobody set up");
                         }
                       } else if (!unavailable(result.fault()) && live && !steppedSince(session->openedAt)) {
                         violate("a second factor could not be begun");
                       }
                     });
}

void ClientState::confirm(const Session& session, const std::shared_ptr<FactorView>& factor, bool wrongCode) {
  ConfirmTotp request;
  request.context = signedIn(*session);
  request.id = factor->id;
  const auto step = totpStep(world.clock.now());
  const auto code = codeOf(*factor, step);
  request.code = SecretText{wrongCode ? std::string(code.rbegin(), code.rend()) + "0" : code};
  factor->triedStep = step;
  ++session->tries;
  const auto process = anyProcess();
  ask<LoginAnswer>(
      "confirm factor", world.process(process).factors.get(), std::move(request),
      [this, session, process, factor, wrongCode, sentAt = world.now()](Result<LoginAnswer>& result) {
        judgeConfirm(session, process, factor, wrongCode, sentAt, result);
      });
}

void ClientState::judgeConfirm(const Session& session, std::size_t process,
                               const std::shared_ptr<FactorView>& factor, bool wrongCode, VirtualTime sentAt,
                               const Result<LoginAnswer>& result) {
  if (result.ok()) {
    if (wrongCode) {
      violate("a wrong code confirmed a second factor");
    }
    if (result.value().recoveryCodes.size() != 10) {
      violate("a second factor came without ten recovery codes");
    }
    for (const auto& code : result.value().recoveryCodes) {
      factor->codes.emplace_back(code.reveal());
    }
    factor->accepted.insert(factor->triedStep);
    everySessionEnded(process);
    account.factor = factor;
    account.factorSure = true;
    account.deviceToken.clear();  // only the device that confirmed is known from now on
    account.deviceTries = 0;
    adoptNew(result.value(), 2, sentAt);
    return;
  }
  const auto code = result.fault().code;
  if (unavailable(result.fault())) {
    if (!wrongCode) {
      account.factor = factor;
      account.factorSure = false;
      account.factorUnsureUntil = lastDeadline_;
      account.deviceToken.clear();
      account.deviceTries = 0;
      everySessionUnsure();
    }
    return;
  }
  const bool excused = session->ended || session->maybeEnded || stepped() ||
                       (code == ErrorCode::tooManyAttempts && session->tries >= kFirstLock);
  const bool expected = wrongCode ? code == ErrorCode::mfaCodeInvalid : false;
  if (!expected && !excused) {
    violate("a good confirmation was refused: " + std::string{describe(code).name});
  }
}

/// A code in time, one that was used, a recovery code or a wrong one.
void ClientState::answerDemand(const FactorDemand& demand, bool known) {
  auto& factor = *account.factor;
  const auto step = totpStep(world.clock.now());
  const bool fresh = step > factor.triedStep;
  const bool closing = closing_ > 0;
  const auto used = factor.accepted.empty() ? 0 : *factor.accepted.rbegin();
  if (!closing && random.oneIn(6)) {
    sendCode(demand, known, FactorMethod::totp, "12345", 0, false);
  } else if (!closing && used >= step - 1 && used <= step && random.oneIn(2)) {
    sendCode(demand, known, FactorMethod::totp, codeOf(factor, used), used, false);
  } else if (!closing && !factor.sentCodes.empty() && random.oneIn(4)) {
    const auto& code = factor.sentCodes[random.below(factor.sentCodes.size())];
    sendCode(demand, known, FactorMethod::recoveryCode, code, 0, !factor.acceptedCodes.contains(code));
  } else if (fresh && (closing || !random.oneIn(3))) {
    factor.triedStep = step;
    sendCode(demand, known, FactorMethod::totp, codeOf(factor, step), step, true);
  } else if (!factor.codes.empty()) {
    const auto code = factor.codes.back();
    factor.codes.pop_back();
    factor.sentCodes.push_back(code);
    sendCode(demand, known, FactorMethod::recoveryCode, code, 0, true);
  } else if (closing && stepped()) {
    account.lockedOut = true;  // the code has expired and the clock was set back
  } else {
    idle_ = std::chrono::seconds{5};
  }
}

void ClientState::sendCode(const FactorDemand& demand, bool known, FactorMethod method,
                           const std::string& code, std::int64_t step, bool good) {
  VerifyFactor request;
  request.mfaToken = demand.token;
  request.method = method;
  request.code = SecretText{code};
  const auto triesBefore = account.deviceTries;
  account.deviceTries += known ? 1 : 0;
  const auto factor = account.factor;
  const auto sentAt = world.now();
  ask<LoginAnswer>(
      "verify factor", world.process(anyProcess()).factors.get(), std::move(request),
      [this, known, triesBefore, factor, method, code, step, good, sentAt](Result<LoginAnswer>& result) {
        if (result.ok()) {
          const bool firstTime = method == FactorMethod::totp ? factor->accepted.insert(step).second
                                                              : factor->acceptedCodes.insert(code).second;
          if (!firstTime) {
            violate("a code was accepted twice");
          } else if (!good) {
            violate("a wrong code was accepted");
          }
          account.deviceTries = known ? 0 : account.deviceTries;
          adoptNew(result.value(), 2, sentAt);
          return;
        }
        const auto fault = result.fault().code;
        if (unavailable(result.fault())) {
          return;
        }
        if (fault == ErrorCode::tooManyAttempts) {
          judgeDevice(known, triesBefore, result.fault());
          return;
        }
        const bool mayBeSpent = std::count(factor->sentCodes.begin(), factor->sentCodes.end(), code) > 0 &&
                                fault == ErrorCode::mfaCodeReused;
        const bool replaced = account.factor != factor || !account.factorSure;
        if (good && !mayBeSpent && !replaced && !stepped()) {
          violate("a right code was refused: " + std::string{describe(fault).name});
        }
      });
}

/// A fresh code of the app or a recovery code; now and then none, a wrong one or one that was used.
ClientState::ShownCode ClientState::showCode(ChangePasswordRequest& request, bool known) {
  ShownCode shown;
  shown.factor = account.factor;
  shown.sure = account.factorSure;
  if (!shown.factor || random.oneIn(6)) {
    return shown;
  }
  auto& factor = *shown.factor;
  const auto step = totpStep(world.clock.now());
  const auto used = factor.accepted.empty() ? 0 : *factor.accepted.rbegin();
  account.deviceTries += known ? 1 : 0;
  if (random.oneIn(6)) {
    request.totp = SecretText{"12345"};
    shown.kind = CodeKind::wrong;
  } else if (used >= step - 1 && used <= step && random.oneIn(3)) {
    request.totp = SecretText{codeOf(factor, used)};
    shown.kind = CodeKind::wrong;
  } else if (step > factor.triedStep && (factor.codes.empty() || !random.oneIn(3))) {
    factor.triedStep = shown.step = step;
    request.totp = SecretText{codeOf(factor, step)};
    shown.kind = CodeKind::right;
  } else if (!factor.codes.empty()) {
    shown.recovery = factor.codes.back();
    factor.codes.pop_back();
    factor.sentCodes.push_back(shown.recovery);
    request.recoveryCode = SecretText{shown.recovery};
    shown.kind = CodeKind::right;
  } else {
    account.deviceTries -= known ? 1 : 0;
  }
  return shown;
}

bool ClientState::saysOfCode(const Fault& fault) {
  return fault.code == ErrorCode::mfaRequired || fault.code == ErrorCode::mfaCodeInvalid ||
         fault.code == ErrorCode::mfaCodeReused;
}

/// An account with a second factor changes its password with a code of it only, each code but once.
void ClientState::judgeShownCode(const ShownCode& shown, const Result<Done>& result) {
  const bool certain = shown.factor && shown.sure;
  if (result.ok() && certain && shown.kind != CodeKind::right) {
    violate(shown.kind == CodeKind::none ? "a password alone changed that of an account with a second factor"
                                         : "a wrong code changed a password");
  }
  // A conflict is reported after the code was consumed.
  if (certain && shown.kind == CodeKind::right &&
      (result.ok() || result.fault().code == ErrorCode::conflict)) {
    const bool firstTime = shown.recovery.empty() ? shown.factor->accepted.insert(shown.step).second
                                                  : shown.factor->acceptedCodes.insert(shown.recovery).second;
    if (!firstTime) {
      violate("a code was accepted twice");
    }
  }
  if (result.ok() || !saysOfCode(result.fault())) {
    return;
  }
  const bool required = result.fault().code == ErrorCode::mfaRequired;
  if (!shown.factor) {
    violate("a code was demanded of an account without a second factor");
  } else if (required != (shown.kind == CodeKind::none)) {
    violate("a password change demanded a code that was shown, or judged one that was not");
  } else if (certain && shown.kind == CodeKind::right && !stepped()) {
    violate("a right code was refused: " + std::string{describe(result.fault().code).name});
  }
}

void ClientState::reauthenticate(const Session& session) {
  const bool certain = account.passwords.size() == 1 && world.settledAt > account.unsureUntil;
  const auto step = totpStep(world.clock.now());
  const bool byCode = account.factor && step > account.factor->triedStep && random.oneIn(2);
  if (!byCode && !certain) {
    authenticate(session, anyProcess());
    return;
  }
  Reauthenticate request;
  request.context = signedIn(*session);
  if (byCode) {
    account.factor->triedStep = step;
    request.totp = SecretText{codeOf(*account.factor, step)};
  } else {
    request.password = SecretText{account.passwords.front()};
  }
  ++session->tries;
  const auto process = anyProcess();
  ask<LoginAnswer>(
      "reauthenticate", world.process(process).factors.get(), std::move(request),
      [this, session, process, step = byCode ? step : 0, sentAt = world.now()](Result<LoginAnswer>& result) {
        judgeReauthentication(session, process, step, sentAt, result);
      });
}

void ClientState::judgeReauthentication(const Session& session, std::size_t process, std::int64_t step,
                                        VirtualTime sentAt, const Result<LoginAnswer>& result) {
  if (result.ok()) {
    if (session->ended) {
      violate("a session that had ended was replaced");
    }
    if (step != 0 && (!account.factor || !account.factor->accepted.insert(step).second)) {
      violate("a code was accepted twice");
    }
    if (step == 0 && account.factor && account.factorSure) {
      violate("a password stood in for a second factor");
    }
    ended(session, process);
    adoptNew(result.value(), step != 0 ? 2 : 1, sentAt);
    return;
  }
  if (unavailable(result.fault())) {
    session->maybeEnded = true;
    return;
  }
  const bool wantsCode = step == 0 && account.factor && result.fault().code == ErrorCode::mfaRequired;
  const bool excused = session->ended || session->maybeEnded || stepped() || !account.factorSure ||
                       wantsCode ||
                       (result.fault().code == ErrorCode::tooManyAttempts && session->tries >= kFirstLock);
  if (!excused) {
    violate("a rightful user could not confirm: " + std::string{describe(result.fault().code).name});
  }
}

void ClientState::removeFactor(const Session& session) {
  if (!account.factor || !account.factorSure || session->ended || session->maybeEnded) {
    authenticate(session, anyProcess());
    return;
  }
  RemoveOwnFactor request;
  request.context = signedIn(*session);
  request.id = account.factor->id;
  const auto process = anyProcess();
  ask<Done>("remove factor", world.process(process).factors.get(), std::move(request),
            [this, session, process](Result<Done>& result) {
              if (result.ok()) {
                account.factor = nullptr;
                everySessionEnded(process);
              } else if (unavailable(result.fault())) {
                account.factorSure = false;
                account.factorUnsureUntil = lastDeadline_;
                everySessionUnsure();
              } else if (!session->maybeEnded && !stepped()) {
                violate("a second factor could not be removed");
              }
            });
}

}  // namespace ks::sim
