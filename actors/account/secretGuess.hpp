#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "actors/account/authDependencies.hpp"
#include "messages/account/recoveryRecords.hpp"

// Trying a password or a code: by what it is counted, and what is told of it. See LoginGuard::admitGuess.
namespace ks {

inline constexpr const char* kCodeAction = "auth.mfa.verify";

enum class SecretKind : std::uint8_t { password, code };

struct SecretGuess {
  RequestContext context;
  const char* action = "";  ///< of its audit events
  SecretKind kind = SecretKind::password;
  std::string identifier;  ///< as it was typed, in normal form
  std::string subject;     ///< that identifier for logs, without revealing it
  Bytes key;               ///< counts failures; its locks are shown to the caller
  Bytes accountKey;        ///< the account's own count in addition; its locks look like a wrong secret;
                           ///< empty: `key` is all
  Uuid tryId;              ///< of this one
  bool inSession = false;
  bool firstOfTwo = false;                     ///< a code follows where the account has a second factor
  std::optional<CredentialRecord> credential;  ///< nothing: there is no such account
  std::string claimPhc;                        ///< FoundCredential's; empty: none, or not relevant
  SecretText typed;  ///< the password's own bytes if they are not in the normal form
  std::chrono::steady_clock::time_point since;  ///< begun, set by admitGuess()
  Admission admission{};                        ///< of `key`
  Admission accountAdmission{};                 ///< of `accountKey`
  bool accountLocked = false;                   ///< even a right one is refused
};

/// The password of a sign-in or the like. Failures count by the identifier, whether there is such an account
/// or not, and also by the account, whatever identifier was used: a lock that the identifier has not earned
/// is not shown, because it would reveal the owner of the identifier. On a device that the account is known
/// to use they count separately, so no stranger locks the owner out.
SecretGuess guessOfPassword(const AuthDependencies& dependencies, const RequestContext& context,
                            const char* action, const std::string& identifier,
                            std::optional<CredentialRecord> credential);

/// The code that follows such a password: the account's count, or the device's.
SecretGuess guessOfCode(const AuthDependencies& dependencies, const RequestContext& context,
                        const UserRecord& user);

/// A secret that a signed-in user shows again. Failures count by the session, so a thief of the session
/// can neither keep guessing nor keep the owner from signing in.
SecretGuess guessInSession(const AuthDependencies& dependencies, const RequestContext& context,
                           const char* action, SecretKind kind, CredentialRecord credential);

/// Long enough to be reported.
[[nodiscard]] bool isLock(std::int32_t seconds) noexcept;

AuditEvent auditOfGuess(const ActorEnvironment& environment, const SecretGuess& guess, AuditOutcome outcome,
                        const char* reason);
AuditEvent auditOfLock(const ActorEnvironment& environment, const SecretGuess& guess, const char* action,
                       const char* reason);
void logRefusedGuess(const SecretGuess& guess, const char* reason);

/// The count that protects the account, if there is one.
inline const Admission& protection(const SecretGuess& guess) noexcept {
  return guess.accountKey.empty() ? guess.admission : guess.accountAdmission;
}

/// What failures of such guesses lead to.
const LockLadder& ladderOf(const AuthPolicy& policy, const SecretGuess& guess);

/// The lock that a failure has begun. Its owner gets one mail for each step of the ladder; for an unknown
/// account the same work is done.
Result<ReportLock> lockReport(const AuthDependencies& dependencies, const SecretGuess& guess);

}  // namespace ks
