#pragma once
#include <optional>
#include <string>

#include "actors/authDependencies.hpp"
#include "messages/recoveryRecords.hpp"

// Trying a password: by what it is counted, and what is told of it. See AccountSteps::checkPassword.
namespace ks {

struct PasswordGuess {
  RequestContext context;
  const char* action = "";  ///< of its audit events
  std::string identifier;   ///< as it was typed, in normal form
  std::string subject;      ///< that identifier for logs: whose account was meant, without saying it
  Bytes key;                ///< by what failures are counted
  Uuid tryId;               ///< of this one
  std::optional<CredentialRecord> credential;  ///< nothing: there is no such account
  std::string claimPhc;                        ///< FoundCredential's; empty: none, or of no interest
  SecretText typed;  ///< the password's own bytes where they are not in the normal form
};

/// A sign-in or the like. Failures count by the identifier; on a device that the account is known to use,
/// apart from everybody else's, so that no stranger locks its owner out.
PasswordGuess guessOfPassword(const AuthDependencies& dependencies, const RequestContext& context,
                              const char* action, const std::string& identifier,
                              std::optional<CredentialRecord> credential);

/// The signed-in user's own password: counted apart from the sign-ins, which strangers can try.
PasswordGuess guessOfOwnPassword(const AuthDependencies& dependencies, const RequestContext& context,
                                 const char* action, CredentialRecord credential);

/// Long enough to be told of.
[[nodiscard]] bool isLock(std::int32_t seconds) noexcept;

AuditEvent auditOfGuess(const ActorEnvironment& environment, const PasswordGuess& guess, AuditOutcome outcome,
                        const char* reason);
AuditEvent auditOfLock(const ActorEnvironment& environment, const PasswordGuess& guess, const char* action,
                       const char* reason);
void logRefusedGuess(const PasswordGuess& guess, const char* reason);

/// The lock that a failure has begun. Its owner gets one mail for each step of the ladder; for an unknown
/// account the same work is done.
Result<ReportLock> lockReport(const AuthDependencies& dependencies, const PasswordGuess& guess,
                              const Admission& admission);

}  // namespace ks
