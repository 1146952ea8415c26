#include "actors/passwordGuess.hpp"

#include <utility>

#include "actors/attemptKeys.hpp"
#include "actors/auditNote.hpp"
#include "actors/mailComposition.hpp"
#include "actors/sessionTokens.hpp"
#include "core/logging.hpp"
#include "core/mailPayload.hpp"
#include "core/timeText.hpp"

namespace ks {
namespace {

/// Shorter ones only slow guessing down.
constexpr std::int32_t kShortestLockS = 60;

Bytes deviceKey(const AccountCrypto& crypto, const KnownDevice& device) {
  return crypto.tokens.storedHash("throttle:device",
                                  SecretText{device.userId.toString() + " " + device.deviceId.toString()});
}

}  // namespace

PasswordGuess guessOfPassword(const AuthDependencies& dependencies, const RequestContext& context,
                              const char* action, const std::string& identifier,
                              std::optional<CredentialRecord> credential) {
  const auto& crypto = *dependencies.crypto;
  PasswordGuess guess;
  guess.tryId = dependencies.environment.uuids.next();
  guess.context = context;
  guess.action = action;
  guess.identifier = identifier;
  guess.key = identifierKey(crypto, identifier);
  guess.subject = toHex(guess.key);
  guess.credential = std::move(credential);
  if (guess.credential) {
    if (const auto device = knownDevice(crypto, context.client, guess.credential->user)) {
      guess.key = deviceKey(crypto, *device);
    }
  }
  return guess;
}

PasswordGuess guessOfOwnPassword(const AuthDependencies& dependencies, const RequestContext& context,
                                 const char* action, CredentialRecord credential) {
  const auto& crypto = *dependencies.crypto;
  PasswordGuess guess;
  guess.tryId = dependencies.environment.uuids.next();
  guess.context = context;
  guess.action = action;
  guess.identifier = credential.user.email;
  guess.subject = toHex(identifierKey(crypto, guess.identifier));
  guess.key = crypto.tokens.storedHash("throttle:own", SecretText{credential.user.id.toString()});
  guess.credential = std::move(credential);
  return guess;
}

bool isLock(std::int32_t seconds) noexcept {
  return seconds >= kShortestLockS || seconds == LockStep::kForever;
}

AuditEvent auditOfGuess(const ActorEnvironment& environment, const PasswordGuess& guess, AuditOutcome outcome,
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

AuditEvent auditOfLock(const ActorEnvironment& environment, const PasswordGuess& guess, const char* action,
                       const char* reason) {
  auto event = auditOfGuess(environment, guess, AuditOutcome::ok, reason);
  event.action = action;
  event.actorType = "system";
  event.actorId.clear();
  return event;
}

void logRefusedGuess(const PasswordGuess& guess, const char* reason) {
  logSecurity("auth.login.failed", "A password was refused",
              {{"action", guess.action},
               {"reason", reason},
               {"user_id", guess.credential ? guess.credential->user.id.toString() : std::string{}},
               {"ip", guess.context.client.ip},
               {"subject", guess.subject}});
}

Result<ReportLock> lockReport(const AuthDependencies& dependencies, const PasswordGuess& guess,
                              const Admission& admission) {
  ReportLock report;
  report.now = dependencies.environment.clock.now();
  MailValues values;
  if (admission.lockSeconds != LockStep::kForever) {
    values["until"] = formatTime(report.now + std::chrono::seconds{admission.lockSeconds});
  }
  const auto& recipient = guess.credential ? guess.credential->user.email : guess.identifier;
  auto mail = composeMail(dependencies.environment.uuids, *dependencies.crypto, "accountLocked", "en",
                          recipient, mailPayload(values));
  if (!mail.ok()) {
    return std::move(mail.fault());
  }
  report.mail = std::move(mail.value());
  if (guess.credential && beginsStep(dependencies.policy->loginLocks, admission.failures)) {
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
