#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "messages/accountRecords.hpp"

namespace ks {

/// What the tables of migration 0001 hold, in memory; several MemoryStorageEngines share one. Deterministic:
/// all in order of identifiers. Lock `mutex` around every use.
struct MemoryDatabase {
  struct Token {
    Uuid id;
    Uuid userId;
    std::string email;
    TimePoint expires;
    std::optional<TimePoint> consumedAt;
  };
  struct Mail {
    OutboxMail mail;
    TimePoint nextAt;
    std::optional<TimePoint> sentAt;
    std::string lastError;
  };

  std::mutex mutex;
  bool reachable = true;                      ///< false: every engine answers `dependencyUnavailable`
  std::map<Uuid, UserRecord> users;           ///< roles are in the records
  std::map<Uuid, std::string> passwords;      ///< PHC by user
  std::map<Uuid, SessionRecord> sessions;     ///< their `user` is filled when they are read
  std::map<Bytes, Token> verificationTokens;  ///< by hash
  std::map<Uuid, Mail> mails;
  std::map<std::string, SigningKeyRecord> signingKeys;
  std::map<Uuid, HealthSnapshot> healthSnapshots;
  std::map<Uuid, AuditEvent> audit;
};

}  // namespace ks
