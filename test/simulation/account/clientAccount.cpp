#include <algorithm>

#include "crypto/refreshToken.hpp"
#include "test/simulation/account/clientActor.hpp"

namespace ks::sim {

namespace {

/// What a stranger has chosen who claims somebody else's address.
constexpr const char* kStrangersPassword = "a password of a stranger";
/// By which the owner of an address tells his own claim from a stranger's.
constexpr const char* kOwnersName = "Owner";

}  // namespace

void ClientState::registerAccount() {
  RegisterRequest request;
  request.email = account.email;
  request.displayName = kOwnersName;
  request.password = SecretText{account.passwords.front()};
  request.locale = random.oneIn(2) ? "en" : "id";
  ask<Done>("register", world.process(anyProcess()).auth.get(), std::move(request),
            [this](Result<Done>& result) {
              if (result.ok()) {
                judgeAnswerTime("registration");
                account.registered = true;
                ++world.ledger.registered[account.email];
              } else if (!unavailable(result.fault())) {
                violate("a good registration was refused");
              }
            });
}

/// Someone else claims the address, with or without a user name; the mail goes to its owner.
void ClientState::strangerRegisters() {
  RegisterRequest request;
  request.email = account.email;
  request.password = SecretText{kStrangersPassword};
  request.username =
      random.oneIn(2) ? "" : "stranger" + std::to_string(number_) + "." + std::to_string(requests_);
  request.locale = "en";
  ask<Done>("stranger's registration", world.process(anyProcess()).auth.get(), std::move(request),
            [this](Result<Done>& result) {
              if (result.ok()) {
                judgeAnswerTime("stranger's registration");
                ++world.ledger.registered[account.email];
              } else if (!unavailable(result.fault())) {
                violate("a stranger's registration got an answer that tells more than it may");
              }
            });
}

/// Whatever the owner of the address does with his mails: this password never opens anything.
void ClientState::strangerLogin() {
  LoginRequest request;
  request.identifier = account.email;
  request.password = SecretText{kStrangersPassword};
  ask<LoginAnswer>("stranger's login", world.process(anyProcess()).auth.get(), std::move(request),
                   [this](Result<LoginAnswer>& result) {
                     if (result.ok()) {
                       violate("the password of a stranger's claim became the account's");
                       return;
                     }
                     const auto code = result.fault().code;
                     if (code == ErrorCode::invalidCredentials || code == ErrorCode::emailNotVerified) {
                       judgeAnswerTime("stranger's login");
                     } else if (!unavailable(result.fault()) && code != ErrorCode::tooManyAttempts) {
                       violate("a stranger's sign-in got an answer that tells more than it may");
                     }
                   });
}

bool ClientState::isOwnLink(const std::string& token) {
  const auto hashes =
      world.process(0).crypto->tokens.possibleHashes("verify_email", SecretText{std::string{token}});
  return std::any_of(hashes.begin(), hashes.end(), [&](const Bytes& hash) {
    const auto found = world.database->verificationTokens.find(hash);
    return found != world.database->verificationTokens.end() &&
           world.database->users.at(found->second.userId).displayName == kOwnersName;
  });
}

void ClientState::verify() {
  VerifyEmailRequest request;
  const auto token = world.mailbox.at(account.email);
  if (!isOwnLink(token)) {  // the owner does not use a link that he has not asked for
    world.mailbox.erase(account.email);
    return;
  }
  request.token = SecretText{token};
  ask<Done>("verify", world.process(anyProcess()).auth.get(), std::move(request),
            [this, token](Result<Done>& result) {
              if (result.ok()) {
                account.verified = true;
              } else if (!unavailable(result.fault())) {
                // Replaced, used by an attempt of unknown outcome, or expired.
                if (const auto at = world.mailbox.find(account.email);
                    at != world.mailbox.end() && at->second == token) {
                  world.mailbox.erase(at);
                }
                if (random.oneIn(2)) {
                  login();
                }
              }
            });
}

void ClientState::resend() {
  ResendVerificationRequest request;
  request.email = account.email;
  ask<Done>("resend", world.process(anyProcess()).auth.get(), std::move(request),
            [this](Result<Done>& result) {
              if (result.ok()) {
                judgeAnswerTime("verification mail");
              } else if (!unavailable(result.fault())) {
                violate("a new verification mail was refused");
              }
            });
}

bool ClientState::onKnownDevice(RequestContext& context) {
  if (account.deviceToken.empty()) {
    return false;
  }
  context.client.deviceId = account.deviceToken;
  ++account.deviceTries;
  return true;
}

void ClientState::judgeDevice(bool known, int triesBefore, const Fault& fault) {
  if (known && triesBefore + 1 < kFirstLock && fault.code == ErrorCode::tooManyAttempts) {
    violate("others' failures locked the owner out of a known device");
  }
}

bool ClientState::accountMayLock() const {
  const auto& crypto = *world.process(0).crypto;
  return std::any_of(world.database->users.begin(), world.database->users.end(), [&](const auto& pair) {
    const auto found = world.database->throttles.find(accountKey(crypto, pair.first));
    return pair.second.email == account.email && found != world.database->throttles.end() &&
           found->second.failures >= kFirstLock - 1;
  });
}

void ClientState::login() {
  LoginRequest request;
  const auto password = account.passwords[random.below(account.passwords.size())];
  const auto process = anyProcess();
  request.identifier = account.email;
  request.password = SecretText{password};
  request.remember = random.oneIn(2);
  const auto triesBefore = account.deviceTries;
  const bool known = random.oneIn(4) ? false : onKnownDevice(request.context);
  const bool certain = account.passwords.size() == 1;
  const bool settled = world.settledAt > account.unsureUntil;
  const bool verified = account.verified;
  // Before the proof only the newest claim's password is known by, and that may be a stranger's: then a
  // refusal does not tell that the own claim, which a link can still prove, has another one.
  const bool ofClaim = password == account.passwords.front();
  const auto sentAt = world.now();
  const auto factor = account.factor;
  const bool sure = account.factorSure;
  const bool factorSettled = world.settledAt > account.factorUnsureUntil;
  const bool mayLock = !known && accountMayLock();
  ask<LoginAnswer>("login", world.process(process).auth.get(), std::move(request),
                   [this, password, certain, settled, verified, ofClaim, sentAt, known, triesBefore, factor,
                    sure, factorSettled, mayLock](Result<LoginAnswer>& result) {
                     if (result.ok()) {
                       account.verified = true;
                       if (settled) {
                         account.passwords = {password};
                       }
                       if (result.value().demand) {
                         account.deviceTries = std::max(account.deviceTries - (known ? 1 : 0), 0);
                         if (!factor) {
                           violate("a code was demanded of an account without a second factor");
                         } else if (factor == account.factor) {
                           account.factorSure = true;
                           answerDemand(*result.value().demand, known);
                         }
                         return;
                       }
                       if (factor && sure && account.factor == factor) {
                         violate("a password alone opened an account with a second factor");
                       }
                       if (factor && factorSettled && account.factor == factor) {
                         account.factor = nullptr;
                         account.factorSure = true;
                       }
                       adoptNew(result.value(), 1, sentAt);
                       account.deviceTries = 0;
                       account.deviceToken =
                           settled ? result.value().tokens.deviceToken.reveal() : std::string{};
                     } else if (result.fault().code == ErrorCode::invalidCredentials) {
                       if (!known && (mayLock || accountMayLock())) {
                         // A lock that others have earned looks like a wrong password.
                       } else if (certain && verified) {
                         violate("the right password was refused");
                       } else if (!certain && settled && !(ofClaim && !verified)) {
                         std::erase(account.passwords, password);
                       }
                     } else if (result.fault().code == ErrorCode::emailNotVerified) {
                       // An old password may still be the one of a claim beside the account.
                       if (verified && certain) {
                         violate("an acknowledged verification was forgotten");
                       } else if (verified && settled) {
                         std::erase(account.passwords, password);
                       }
                     } else if (result.fault().code == ErrorCode::tooManyAttempts) {
                       judgeDevice(known, triesBefore, result.fault());
                     } else if (!unavailable(result.fault())) {
                       violate("a good sign-in was refused");
                     }
                   });
}

/// Right passwords of one moment, at both processes: none is refused for the others. Nothing fails any more.
void ClientState::signInAtOnce() {
  for (std::size_t i = 0; i < 8; ++i) {
    LoginRequest request;
    request.identifier = account.email;
    request.password = SecretText{account.passwords.front()};
    request.context.client.deviceId = account.deviceToken;
    ask<LoginAnswer>("login at once", world.process(i % 2).auth.get(), std::move(request),
                     [this, sentAt = world.now()](Result<LoginAnswer>& result) {
                       if (result.ok() && !result.value().demand) {
                         adoptNew(result.value(), 1, sentAt);
                       } else if (!result.ok() && !unavailable(result.fault())) {
                         violate("right passwords of one moment were refused: " +
                                 std::string{describe(result.fault().code).name});
                       }
                     });
  }
}

/// A stranger's, on no known device: at the own account, another's or none.
void ClientState::wrongLogin() {
  LoginRequest request;
  const auto draw = random.below(4);
  request.identifier = draw == 0   ? "nobody@example.test"
                       : draw == 1 ? "client" + std::to_string(random.below(4) + 1) + "@example.test"
                                   : account.email;
  request.password = SecretText{"an entirely wrong password"};
  const auto key = identifierKey(*world.process(0).crypto, request.identifier);
  const auto before = world.database->throttles.find(key);
  const bool known = before != world.database->throttles.end();
  const auto lockedUntil = known ? before->second.lockedUntil : std::nullopt;
  const auto failures = known ? before->second.failures : 0;
  const auto sentAt = world.now();
  ask<LoginAnswer>("wrong login", world.process(anyProcess()).auth.get(), std::move(request),
                   [this, key, lockedUntil, failures, sentAt](Result<LoginAnswer>& result) {
                     if (result.ok()) {
                       violate("a wrong password was accepted");
                       return;
                     }
                     const auto code = result.fault().code;
                     if (!unavailable(result.fault()) && code != ErrorCode::invalidCredentials &&
                         code != ErrorCode::tooManyAttempts) {
                       violate("a wrong password got an answer that tells more than it may");
                     }
                     if (code == ErrorCode::invalidCredentials) {
                       judgeAnswerTime("wrong password");
                     }
                     // A right password or a reset may have lifted the lock meanwhile: then the count is
                     // lower.
                     const auto now = world.database->throttles.find(key);
                     const bool lifted =
                         now == world.database->throttles.end() || now->second.failures <= failures;
                     if (code == ErrorCode::invalidCredentials && lockedUntil &&
                         world.clock.now() < *lockedUntil && !steppedSince(sentAt) && !lifted) {
                       violate("a password was tried for an identifier that was locked");
                     }
                   });
}

void ClientState::passwordUnsure(const std::string& next) {
  account.passwords.push_back(next);
  account.unsureUntil = lastDeadline_;
  account.deviceToken.clear();
  account.deviceTries = 0;
  everySessionUnsure();
}

void ClientState::passwordChanged(const std::string& next, std::size_t process) {
  account.passwords = {next};
  account.deviceToken.clear();
  account.deviceTries = 0;
  for (const auto& session : account.sessions) {
    // One that was over before is not ended again, so nobody is told of it.
    if (!session->maybeEnded) {
      ended(session, process);
    }
  }
}

void ClientState::changePassword() {
  if (account.passwords.size() > 1 || world.settledAt <= account.unsureUntil) {
    login();
    return;
  }
  ChangePasswordRequest request;
  const auto next =
      "another good password " + std::to_string(number_) + "." + std::to_string(++passwordsMade_);
  const auto process = anyProcess();
  request.identifier = account.email;
  request.currentPassword = SecretText{account.passwords.front()};
  request.newPassword = SecretText{next};
  const auto triesBefore = account.deviceTries;
  const bool known = onKnownDevice(request.context);
  const bool mayLock = !known && accountMayLock();
  const auto shown = showCode(request, known);
  ask<Done>(
      "change password", world.process(process).auth.get(), std::move(request),
      [this, next, process, known, triesBefore, mayLock, shown](Result<Done>& result) {
        judgeShownCode(shown, result);
        if (result.ok()) {
          passwordChanged(next, process);
        } else if (result.fault().code == ErrorCode::tooManyAttempts) {
          judgeDevice(known, triesBefore, result.fault());
        } else if (unavailable(result.fault())) {
          if (shown.mayDo()) {
            passwordUnsure(next);
          }
        } else if (result.fault().code == ErrorCode::invalidCredentials && !known &&
                   (mayLock || accountMayLock())) {
          // as at a sign-in
        } else if (result.fault().code != ErrorCode::conflict && !saysOfCode(result.fault())) {
          violate("a good password change was refused: " + std::string{describe(result.fault().code).name});
        }
      });
}

void ClientState::forgotPassword() {
  ForgotPasswordRequest request;
  request.email = random.oneIn(5) ? "nobody@example.test" : account.email;
  ask<Done>("forgot", world.process(anyProcess()).recovery.get(), std::move(request),
            [this](Result<Done>& result) {
              if (result.ok()) {
                judgeAnswerTime("forgotten password");
              } else if (!unavailable(result.fault())) {
                violate("a forgotten password was refused");
              }
            });
}

void ClientState::resetPassword() {
  if (account.passwords.size() > 1 || world.settledAt <= account.unsureUntil) {
    login();
    return;
  }
  const auto token = world.mailbox.at(resetBox(account.email));
  const auto next =
      "a reset good password " + std::to_string(number_) + "." + std::to_string(++passwordsMade_);
  const auto process = anyProcess();
  ResetPasswordRequest request;
  request.token = SecretText{token};
  request.password = SecretText{next};
  ask<Done>("reset", world.process(process).recovery.get(), std::move(request),
            [this, next, process, token](Result<Done>& result) {
              if (!result.ok() && unavailable(result.fault())) {
                passwordUnsure(next);
                if (account.factor) {
                  account.factorSure = false;
                  account.factorUnsureUntil = lastDeadline_;
                }
                return;
              }
              if (result.ok()) {
                account.verified = true;
                account.usedResets.push_back(token);
                // No factor here is older than its probation.
                account.factor = nullptr;
                account.factorSure = true;
                passwordChanged(next, process);
              }
              // Used, or replaced, used by an attempt of unknown outcome, or expired.
              if (const auto at = world.mailbox.find(resetBox(account.email));
                  at != world.mailbox.end() && at->second == token) {
                world.mailbox.erase(at);
              }
            });
}

void ClientState::replayReset() {
  ResetPasswordRequest request;
  request.token = SecretText{account.usedResets[random.below(account.usedResets.size())]};
  request.password = SecretText{"a password that must not come to be"};
  ask<Done>("replayed reset", world.process(anyProcess()).recovery.get(), std::move(request),
            [this](Result<Done>& result) {
              if (result.ok()) {
                violate("a used reset token was accepted");
              } else if (!unavailable(result.fault()) && result.fault().code != ErrorCode::linkInvalid) {
                violate("a used reset token got an answer that tells more than it may");
              }
            });
}

void ClientState::checkHealth() {
  CheckHealth request;
  ask<HealthReport>("health", world.process(anyProcess()).health.get(), std::move(request),
                    [this](Result<HealthReport>& result) {
                      if (result.ok() && result.value().checks.size() != 3) {
                        violate("a health report lacks checks");
                      }
                    });
}

}  // namespace ks::sim
