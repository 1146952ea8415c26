#include "actors/account/secretGuess.hpp"

#include <utility>

#include "actors/account/attemptKeys.hpp"
#include "actors/account/sessionTokens.hpp"
#include "actors/mail/mailComposition.hpp"
#include "actors/runtime/auditNote.hpp"
#include "core/logging/logging.hpp"
#include "core/text/mailPayload.hpp"
#include "core/text/timeText.hpp"

namespace ks {
namespace {

/// Shorter locks only slow guessing down and are not reported.
constexpr std::int32_t kShortestLockS = 60;

Bytes deviceKey(const AccountCrypto& crypto, const KnownDevice& device) {
  return crypto.tokens.storedHash("throttle:device",
                                  SecretText{device.userId.toString() + " " + device.deviceId.toString()});
}

/// Nothing if the device is unknown to the account.
std::optional<Bytes> ownKey(const AccountCrypto& crypto, const ClientInfo& client, const UserRecord& user) {
  const auto device = knownDevice(crypto, client, user);
  return device ? std::optional{deviceKey(crypto, *device)} : std::nullopt;
}

SecretGuess guessOf(const AuthDependencies& dependencies, const RequestContext& context, const char* action,
                    SecretKind kind, const std::string& identifier) {
  SecretGuess guess;
  guess.context = context;
  guess.action = action;
  guess.kind = kind;
  guess.identifier = identifier;
  guess.subject = toHex(identifierKey(*dependencies.crypto, identifier));
  guess.tryId = dependencies.environment.uuids.next();
  return guess;
}

}  // namespace

SecretGuess guessOfPassword(const AuthDependencies& dependencies, const RequestContext& context,
                            const char* action, const std::string& identifier,
                            std::optional<CredentialRecord> credential) {
  auto guess = guessOf(dependencies, context, action, SecretKind::password, identifier);
  guess.firstOfTwo = true;
  guess.credential = std::move(credential);
  const auto& crypto = *dependencies.crypto;
  if (!guess.credential) {
    guess.key = identifierKey(crypto, identifier);
  } else if (auto own = ownKey(crypto, context.client, guess.credential->user)) {
    guess.key = std::move(*own);
  } else {
    guess.key = identifierKey(crypto, identifier);
    guess.accountKey = accountKey(crypto, guess.credential->user.id);
  }
  return guess;
}

SecretGuess guessOfCode(const AuthDependencies& dependencies, const RequestContext& context,
                        const UserRecord& user) {
  auto guess = guessOf(dependencies, context, kCodeAction, SecretKind::code, user.email);
  guess.credential = CredentialRecord{user, {}};
  auto own = ownKey(*dependencies.crypto, context.client, user);
  guess.key = own ? std::move(*own) : accountKey(*dependencies.crypto, user.id);
  return guess;
}

SecretGuess guessInSession(const AuthDependencies& dependencies, const RequestContext& context,
                           const char* action, SecretKind kind, CredentialRecord credential) {
  auto guess = guessOf(dependencies, context, action, kind, credential.user.email);
  guess.key = dependencies.crypto->tokens.storedHash("throttle:session",
                                                     SecretText{context.principal->sessionId.toString()});
  guess.inSession = true;
  guess.credential = std::move(credential);
  return guess;
}

bool isLock(std::int32_t seconds) noexcept {
  return seconds >= kShortestLockS || seconds == LockStep::kForever;
}

AuditEvent auditOfGuess(const ActorEnvironment& environment, const SecretGuess& guess, AuditOutcome outcome,
                        const char* reason) {
  auto event = auditOfUser(environment, guess.context, guess.action,
                           guess.credential ? guess.credential->user.id : Uuid{}, outcome);
  event.reason = reason;
  if (!guess.credential) {
    event.actorType = "anonymous";
    event.targetType = "identifier";
    event.targetId = guess.subject;
  }
  return event;
}

AuditEvent auditOfLock(const ActorEnvironment& environment, const SecretGuess& guess, const char* action,
                       const char* reason) {
  auto event = auditOfGuess(environment, guess, AuditOutcome::ok, reason);
  event.action = action;
  event.actorType = "system";
  event.actorId.clear();
  return event;
}

void logRefusedGuess(const SecretGuess& guess, const char* reason) {
  const bool code = guess.kind == SecretKind::code;
  logSecurity(code ? "auth.mfa.refused" : "auth.login.failed",
              code ? "A second factor was refused" : "A password was refused",
              {{"action", guess.action},
               {"reason", reason},
               {"user_id", guess.credential ? guess.credential->user.id.toString() : std::string{}},
               {"ip", guess.context.client.ip},
               {"subject", guess.subject}});
}

const LockLadder& ladderOf(const AuthPolicy& policy, const SecretGuess& guess) {
  return guess.kind == SecretKind::code && policy.loginLocks.empty() ? policy.codeLocks : policy.loginLocks;
}

Result<ReportLock> lockReport(const AuthDependencies& dependencies, const SecretGuess& guess) {
  const auto& admission = protection(guess);
  ReportLock report;
  report.now = dependencies.environment.clock.now();
  MailValues values;
  if (admission.lockSeconds != LockStep::kForever) {
    values["until"] = formatTime(report.now + std::chrono::seconds{admission.lockSeconds});
  }
  const auto& recipient = guess.credential ? guess.credential->user.email : guess.identifier;
  auto mail = composeMail(dependencies.environment.uuids, *dependencies.crypto,
                          guess.inSession ? "sessionGuessing" : "accountLocked", "en", recipient,
                          mailPayload(values));
  if (!mail.ok()) {
    return std::move(mail.fault());
  }
  report.mail = std::move(mail.value());
  if (guess.credential && beginsStep(ladderOf(*dependencies.policy, guess), admission.failures)) {
    report.tell = guess.credential->user.id;
  }
  report.audit = auditOfLock(dependencies.environment, guess, "auth.login.lock", "failures");
  report.audit.after = {
      {"failures", std::to_string(admission.failures)},
      {"seconds", admission.lockSeconds == LockStep::kForever ? std::string{"forever"}
                                                              : std::to_string(admission.lockSeconds)}};
  return report;
}

}  // namespace ks
