#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "core/clockInterface.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"

// Operations on the bank's calls to us: its access tokens, and the inbox of what it told and asked.
namespace ks {

/// Of a token only the hash is stored.
struct StoreBankToken {
  using Out = Done;
  static constexpr const char* kName = "payment.storeBankToken";

  std::string tokenHash;  ///< SHA-256, lower-case hexadecimal
  std::string clientId;
  TimePoint expiresAt;
};

/// When the client's token ends; nothing: it has no such token, or it has ended.
struct FindBankToken {
  using Out = std::optional<TimePoint>;
  static constexpr const char* kName = "payment.findBankToken";

  std::string tokenHash;
  std::string clientId;
  TimePoint now;
};

enum class BankNoticeStanding : std::uint8_t {
  taken,               ///< it is the caller's to answer: new, or never answered
  answered,            ///< `status` and `body` are the answer
  busy,                ///< another attempt to answer it is under way: ask again
  externalIdOfAnother  ///< another notice of service and day has the external id; nothing was stored
};
struct ReceivedBankNotice {
  BankNoticeStanding standing = BankNoticeStanding::busy;
  Uuid id;  ///< of the notice in the inbox
  int status = 0;
  std::string body;
};

/// Stores a notice before it is acted on. What service and key say was there before is the same notice, however often
/// it is sent.
struct ReceiveBankNotice {
  using Out = ReceivedBankNotice;
  static constexpr const char* kName = "payment.receiveBankNotice";

  Uuid id;  ///< of this attempt; also of the notice if it is new
  std::string service;
  std::string dedupKey;
  std::string externalId;
  std::string day;  ///< Jakarta
  std::string rawBody;
  std::string subject;  ///< what it names: a virtual account, our reference, or the bank's of a QR code
  Uuid paymentId;       ///< nil: of none
  TimePoint now;
  TimePoint heldUntil;  ///< no other attempt takes it before; `now`: any may
};

struct BankNoticeAnswer {
  int status = 0;
  std::string body;
};
/// Of two answers the first counts; it is the one that is given.
struct AnswerBankNotice {
  using Out = BankNoticeAnswer;
  static constexpr const char* kName = "payment.answerBankNotice";

  Uuid id;
  BankNoticeAnswer answer;
  TimePoint now;
};

/// A notice with its answer, for what is stored in the transaction of what follows from it.
struct AnsweredBankNotice {
  ReceiveBankNotice notice;
  BankNoticeAnswer answer;
};

}  // namespace ks
