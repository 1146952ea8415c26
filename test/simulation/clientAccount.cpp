#include <algorithm>

#include "crypto/refreshToken.hpp"
#include "test/simulation/clientActor.hpp"

namespace ks::sim {

void ClientState::registerAccount() {
  RegisterRequest request;
  request.email = account.email;
  request.password = SecretText{account.passwords.front()};
  request.locale = random.oneIn(2) ? "en" : "id";
  ask<Done>("register", world.process(anyProcess()).auth.get(), std::move(request),
            [this](Result<Done>& result) {
              if (result.ok()) {
                account.registered = true;
                world.ledger.registered.insert(account.email);
              } else if (!unavailable(result.fault())) {
                violate("a good registration was refused");
              }
            });
}

void ClientState::verify() {
  VerifyEmailRequest request;
  const auto token = world.mailbox.at(account.email);
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
              if (!result.ok() && !unavailable(result.fault())) {
                violate("a new verification mail was refused");
              }
            });
}

void ClientState::login() {
  LoginRequest request;
  const auto password = account.passwords[random.below(account.passwords.size())];
  const auto process = anyProcess();
  request.identifier = account.email;
  request.password = SecretText{password};
  request.remember = random.oneIn(2);
  const bool certain = account.passwords.size() == 1;
  const bool settled = world.settledAt > account.unsureUntil;
  const bool verified = account.verified;
  const auto sentAt = world.now();
  ask<LoginAnswer>("login", world.process(process).auth.get(), std::move(request),
                   [this, password, certain, settled, verified, sentAt](Result<LoginAnswer>& result) {
                     if (result.ok()) {
                       account.verified = true;
                       if (settled) {
                         account.passwords = {password};
                       }
                       auto session = std::make_shared<SessionView>();
                       const auto& tokens = result.value().tokens;
                       session->id = tokens.sessionId;
                       session->userId = result.value().user->id;
                       session->openedAt = sentAt;
                       adopt(session, tokens, 0);
                       account.sessions.push_back(session);
                     } else if (result.fault().code == ErrorCode::invalidCredentials) {
                       if (certain) {
                         violate("the right password was refused");
                       } else if (settled) {
                         std::erase(account.passwords, password);
                       }
                     } else if (result.fault().code == ErrorCode::emailNotVerified) {
                       if (verified) {
                         violate("an acknowledged verification was forgotten");
                       }
                     } else if (!unavailable(result.fault())) {
                       violate("a good sign-in was refused");
                     }
                   });
}

void ClientState::wrongLogin() {
  LoginRequest request;
  request.identifier = random.oneIn(4) ? "nobody@example.test" : account.email;
  request.password = SecretText{"an entirely wrong password"};
  ask<LoginAnswer>(
      "wrong login", world.process(anyProcess()).auth.get(), std::move(request),
      [this](Result<LoginAnswer>& result) {
        if (result.ok()) {
          violate("a wrong password was accepted");
        } else if (!unavailable(result.fault()) && result.fault().code != ErrorCode::invalidCredentials) {
          violate("a wrong password got an answer that tells more than it may");
        }
      });
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
  ask<Done>("change password", world.process(process).auth.get(), std::move(request),
            [this, next, process](Result<Done>& result) {
              if (result.ok()) {
                account.passwords = {next};
                for (const auto& session : account.sessions) {
                  // One that was over before is not ended again, so nobody is told of it.
                  if (!session->maybeEnded) {
                    ended(session, process);
                  }
                }
              } else if (unavailable(result.fault())) {
                account.passwords.push_back(next);
                account.unsureUntil = lastDeadline_;
                for (const auto& session : account.sessions) {
                  session->maybeEnded = true;
                }
              } else if (result.fault().code != ErrorCode::conflict) {
                violate("a good password change was refused");
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
