#pragma once
#include <string>
#include <utility>

#include "messages/accountRecords.hpp"
#include "messages/requestContext.hpp"

// One message for each operation of persistence/accountRepositoryInterface.hpp.
namespace ks {

/// An operation for a storage actor, in the name of a request: dropped unseen when the request's deadline has
/// passed.
template <class Operation>
struct StorageCall {
  RequestContext context;
  Operation operation;
};

struct FindCredential {
  std::string identifier;
};
struct VerifyEmailToken {
  std::vector<Bytes> possibleHashes;  ///< of one token, under every master key
  TimePoint now;
  AuditEvent audit{};  ///< of whoever the token turns out to belong to
};
struct OpenSession {
  NewSession session;
  AuditEvent audit{};
};
struct FindSession {
  Uuid sessionId;
};
struct ListSessions {
  Uuid userId;
  TimePoint now;
};
struct UpgradePasswordHash {
  Uuid userId;
  std::string oldPhc;
  std::string newPhc;
};
struct ClaimMails {
  int limit = 0;
  TimePoint now;
  TimePoint leaseUntil;
};
struct MarkMailSent {
  Uuid mailId;
  TimePoint now;
};
struct MarkMailFailed {
  Uuid mailId;
  TimePoint nextTryAt;
  std::string reason;
};
struct FindSigningKeys {
  TimePoint now;
};
struct EnsureSigningKey {
  SigningKeyRecord key;
  TimePoint now;
};
struct PingStorage {};

}  // namespace ks
