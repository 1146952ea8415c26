#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/settings/lockLadder.hpp"
#include "messages/account/accountRecords.hpp"
#include "messages/account/factorRecords.hpp"
#include "messages/account/keyRecords.hpp"
#include "messages/account/personalDataRecords.hpp"
#include "messages/payment/bankNoticeOperations.hpp"
#include "messages/payment/paymentOperations.hpp"
#include "messages/payment/reconciliationRecords.hpp"
#include "persistence/memory/memoryNotices.hpp"

namespace ks {

/// What the tables of the accounts and payments hold, in memory; several MemoryStorageEngines share one.
/// Deterministic: all in order of identifiers. Lock `mutex` around every use.
struct MemoryDatabase {
  struct Token {
    Uuid id;
    Uuid userId;
    std::string email;
    TimePoint expires;
    std::optional<TimePoint> consumedAt;
    Uuid consumedBy;
    TimePoint createdAt{};  ///< of those that are not made again at once
  };
  struct Throttle {
    std::optional<Uuid> userId;
    std::int32_t failures = 0;
    Uuid lastTry;
    TimePoint lastAt;
    std::int32_t lockSeconds = 0;          ///< LockStep::kForever: permanently
    std::optional<TimePoint> lockedUntil;  ///< with kForever the end of time
    std::int32_t endedLockSeconds = 0;
    bool judged = true;  ///< false: the lock waits for the verdict on the last try
  };
  struct EmailChange {
    Uuid id;
    Uuid userId;
    std::string oldEmail;
    std::string newEmail;
    Bytes confirmHash;
    TimePoint confirmExpires;
    Bytes undoHash;
    TimePoint undoExpires;
    TimePoint createdAt;
    std::string state;  ///< open, confirmed, cancelled, undone
    Uuid decidedBy;
  };
  struct AttemptWindow {
    TimePoint endsAt;
    std::int32_t attempts = 0;
  };
  struct Challenge {
    NewChallenge challenge;
    int attempts = 0;
    std::optional<TimePoint> consumedAt;
  };
  struct RecoveryCode {
    Bytes hash;
    std::optional<TimePoint> usedAt;
  };
  struct Mail {
    OutboxMail mail;
    TimePoint nextAt;
    std::optional<TimePoint> sentAt;
    std::string lastError;
  };
  struct Export {
    DataExport job;
    Bytes contentSealed;
    TimePoint claimedUntil;
  };
  struct PaymentKey {
    Bytes fingerprint;
    Uuid paymentId;
    TimePoint lockedUntil;
    std::optional<PaymentRecord> answer{};
  };
  struct PlannedPaymentWork {
    Uuid paymentId;
    PaymentWorkKind kind = PaymentWorkKind::ask;
    TimePoint nextAt;  ///< of work that was taken: when another worker may take it
    std::uint32_t attempts = 0;
    std::string error{};
  };
  struct LedgerTransaction {
    Uuid paymentId;  ///< nil: money that belongs to no payment
    std::string kind;
    TimePoint at;
    std::map<std::string, std::int64_t> entries{};  ///< by account; positive: debit
  };
  struct BankCall {
    BeginBankCall begun;
    std::optional<EndBankCall> ended{};
  };
  struct BankToken {
    std::string clientId;
    TimePoint expiresAt;
  };
  struct BankNoticeRow {
    ReceiveBankNotice received;  ///< by the first attempt
    Uuid heldBy;
    TimePoint heldUntil;
    std::optional<BankNoticeAnswer> answer{};
    std::optional<TimePoint> processedAt{};
  };
  struct PlannedReconciliation {
    ReconciliationRun run;
    TimePoint nextAt;  ///< of a run that was taken: when another process may take it
  };

  std::mutex mutex;
  bool reachable = true;             ///< false: every engine answers `dependencyUnavailable`
  std::map<Uuid, UserRecord> users;  ///< roles are in the records
  std::set<Uuid> claims;             ///< users whose address others may also claim
  std::map<std::string, std::set<std::string>> ownRoles;  ///< permissions of roles that are not system roles
  std::map<Uuid, std::string> passwords;                  ///< PHC by user
  std::map<Uuid, SessionRecord> sessions;                 ///< their `user` is filled when they are read
  std::map<Bytes, Token> verificationTokens;              ///< by hash
  std::map<Bytes, Token> resetTokens;                     ///< by hash
  std::map<Bytes, Token> deviceLinks;                     ///< by hash
  std::map<Bytes, Throttle> throttles;
  std::vector<EmailChange> emailChanges;  ///< in the order of their asking
  std::map<Bytes, AttemptWindow> attemptWindows;
  std::map<Uuid, FactorRecord> factors;
  std::map<Uuid, TimePoint> factorsConfirmed;  ///< by factor
  std::map<Uuid, Challenge> challenges;
  std::map<Uuid, std::vector<RecoveryCode>> recoveryCodes;  ///< the present set, by user
  std::map<Uuid, Mail> mails;
  std::map<std::string, SigningKeyRecord> signingKeys;
  std::map<Uuid, ApiKeyRecord> apiKeys;
  std::set<Uuid> keysUntold;  ///< ended with the account's sessions, not yet reported to their owners
  MemoryNotices notices;      ///< notifications of the triggers of the migration "keys"
  std::map<Uuid, HealthSnapshot> healthSnapshots;
  std::map<Uuid, AuditEvent> audit;
  std::map<Uuid, Export> exports;          ///< by user
  std::map<Uuid, TimePoint> deletionsDue;  ///< by user
  std::map<Uuid, TimePoint> deletionsCancelled;
  std::map<Uuid, PaymentRecord> payments;
  std::map<Uuid, std::vector<PaymentEventRecord>> paymentEvents;          ///< by payment, in their order
  std::map<std::pair<std::string, std::string>, PaymentKey> paymentKeys;  ///< by scope and key
  std::map<std::int64_t, PlannedPaymentWork> paymentWork;                 ///< by id
  std::map<std::string, LedgerTransaction> ledger;                        ///< by idempotency key
  std::map<Uuid, BankCall> bankCalls;
  std::map<std::string, BankToken> bankTokens;                               ///< by hash
  std::map<std::pair<std::string, std::string>, BankNoticeRow> bankNotices;  ///< by service and key
  std::map<Uuid, RefundRecord> refunds;
  std::map<Uuid, PlannedReconciliation> reconciliationRuns;
  std::map<Uuid, ReconciliationItem> reconciliationItems;
  std::int64_t lastPaymentWork = 0;
  std::uint64_t lastCustomerNumber = 1'234'567'891;  ///< as the SQL begins
};

}  // namespace ks
