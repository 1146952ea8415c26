#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/account/accountRecords.hpp"

// Operations on second factors, and what they answer: plain data, as in accountRecords.hpp.
namespace ks {

struct FactorRecord {
  Uuid id;
  Uuid userId;
  bool active = false;  ///< false: waits for its first code
  std::string name;
  Bytes secretSealed;
  std::int64_t lastUsedStep = 0;
  std::optional<TimePoint> lastUsedAt;
  TimePoint createdAt;
};

/// A sign-in with a right password that still requires a code.
/// How many recovery codes the account has left.
struct NewChallenge {
  using Out = int;
  static constexpr const char* kName = "factor.openChallenge";

  Uuid id;
  Uuid userId;
  Bytes tokenHash;
  Bytes payloadSealed;            ///< properties of the session, sealed by fieldCipher
  std::int64_t sessionEpoch = 0;  ///< of the user when the password was checked
  TimePoint now;
  TimePoint expires;
  AuditEvent audit{};
};

enum class AttemptOutcome : std::uint8_t { counted, noChallenge, challengeUsedUp };
struct AttemptRecord {
  AttemptOutcome outcome = AttemptOutcome::noChallenge;
  Uuid challengeId;
  Bytes payloadSealed;
  UserRecord user;
  std::optional<FactorRecord> factor;  ///< the active one
  int recoveryCodesLeft = 0;
};

/// Counts an attempt against its challenge before its code is looked at.
struct BeginChallengeAttempt {
  using Out = AttemptRecord;
  static constexpr const char* kName = "factor.beginChallengeAttempt";

  std::vector<Bytes> possibleHashes;  ///< of one token, under every master key
  int perChallenge = 5;
  TimePoint now;
};

/// The proof of the second factor: a step of a factor, or a recovery code.
struct FactorProof {
  Uuid factorId;  ///< nil: a recovery code
  std::int64_t step = 0;
  Bytes recoveryHash;
};
enum class ProofOutcome : std::uint8_t {
  accepted,
  wrong,
  reused,
  over  ///< the challenge or the calling session has ended, or the account may not sign in
};

/// Consumes the proof and the challenge and opens the session, atomically.
struct CompleteChallenge {
  using Out = ProofOutcome;
  static constexpr const char* kName = "factor.completeChallenge";

  Uuid challengeId;
  FactorProof proof;
  NewSession session;
  std::optional<OutboxMail> notice;
  Bytes guessKey;  ///< whose count of failures is cleared
  AuditEvent audit{};
};

/// Replaces a session by a new one of the same user, after a factor was checked again.
struct ReplaceSession {
  using Out = ProofOutcome;
  static constexpr const char* kName = "factor.replaceSession";

  Uuid oldSession;
  std::optional<FactorProof> proof;  ///< nothing: the password was
  NewSession session;
  Bytes guessKey;  ///< as in CompleteChallenge
  AuditEvent audit{};
};

/// Consumes a proof without opening a session.
/// Never `over`.
struct TakeProof {
  using Out = ProofOutcome;
  static constexpr const char* kName = "factor.takeProof";

  Uuid userId;
  FactorProof proof;
  Bytes guessKey;  ///< as in CompleteChallenge
  TimePoint now;
  AuditEvent audit{};
};

/// Stores a waiting factor in the place of an earlier waiting one. false: there is an active one.
struct NewTotpFactor {
  using Out = bool;
  static constexpr const char* kName = "factor.addTotp";

  Uuid id;
  Uuid userId;
  std::string name;
  Bytes secretSealed;
  TimePoint now;
  AuditEvent audit{};
};

struct NewRecoveryCodes {
  Uuid setId;
  std::vector<Uuid> ids;
  std::vector<Bytes> hashes;
};

/// The sessions that ended; nothing: the factor is not (or no longer) pending, or the caller's session has
/// ended.
using ConfirmFactorOutcome = std::optional<std::vector<Uuid>>;

/// Activates a pending factor. Every session and key of the account ends; `session` replaces the
/// caller's.
struct ConfirmFactor {
  using Out = ConfirmFactorOutcome;
  static constexpr const char* kName = "factor.confirm";

  Uuid factorId;
  Uuid oldSession;
  std::int64_t step = 0;
  NewRecoveryCodes codes;
  NewSession session;
  OutboxMail notice;
  AuditEvent audit{};
  bool keepKeys = false;
};

struct RemoveFactorOutcome {
  bool removed = false;
  std::vector<Uuid> ended;
};

/// Removes a factor. With the active one go the recovery codes, and every session and key of the account
/// ends.
struct RemoveFactor {
  using Out = RemoveFactorOutcome;
  static constexpr const char* kName = "factor.remove";

  Uuid factorId;
  Uuid userId;
  OutboxMail notice;  ///< stored when the factor was active
  TimePoint now;
  AuditEvent audit{};
  bool keepKeys = false;
};

/// A new set; the old one is dead. false: the account has no active factor.
struct RenewRecoveryCodes {
  using Out = bool;
  static constexpr const char* kName = "factor.renewRecoveryCodes";

  Uuid userId;
  NewRecoveryCodes codes;
  TimePoint now;
  AuditEvent audit{};
  std::optional<OutboxMail> notice{};
};

/// The active factors, then the waiting one.
struct FindFactors {
  using Out = std::vector<FactorRecord>;
  static constexpr const char* kName = "factor.list";

  Uuid userId;
};

struct FindRecoveryCodesLeft {
  using Out = int;
  static constexpr const char* kName = "factor.countRecoveryCodes";

  Uuid userId;
};

}  // namespace ks
