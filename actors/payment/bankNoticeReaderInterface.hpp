#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "core/payment/money.hpp"
#include "core/secretText.hpp"
#include "messages/payment/bankNoticeMessages.hpp"
#include "messages/payment/paymentRecords.hpp"

namespace ks {

/// What a call of the bank is answered, in no bank's own codes.
enum class BankNoticeCase : std::uint8_t {
  badRequest,      ///< the body is no JSON object
  badField,        ///< `about` names it, likewise the next
  missingField,    ///< a header or member
  unauthorized,    ///< signature or time; `about` says which
  badToken,        ///< no access token of ours, or expired
  unknownPayment,  ///< no payment has this account or code
  wrongAmount,
  alreadyPaid,
  ended,    ///< expired or cancelled
  conflict  ///< the external id belongs to another notice of the day
};

struct BankNoticeProblem {
  BankNoticeCase what = BankNoticeCase::badRequest;
  std::string about{};  ///< a name of the interface, nothing that the caller sent
};

/// A call that was read. What its kind does not have is empty.
struct BankNotice {
  std::string dedupKey;      ///< of the kind: the same key is the same notice
  std::string reference{};   ///< the bank's, of the money
  Money amount{};            ///< of a payment
  TimePoint at{};            ///< when that was made
  std::string vaNumber{};    ///< as payments have it
  std::string gatewayRef{};  ///< of a QR code, likewise the next
  std::string bankRef{};     ///< the bank's reference of the code
  std::string serviceId{};   ///< as sent, likewise the next two: the answer repeats them
  std::string customerNo{};
  std::string accountNo{};
};

/// How a bank's calls are checked, read and answered. Pure: knows no storage, and the time is given. Thread-safe.
class BankNoticeReaderInterface {
 public:
  using Refusal = std::optional<BankNoticeProblem>;

  virtual ~BankNoticeReaderInterface() = default;

  /// Whose access tokens the bank's calls carry.
  [[nodiscard]] virtual const std::string& clientId() const = 0;

  /// Everything about a request for a token: nothing if it gets one.
  [[nodiscard]] virtual Refusal refuseTokenRequest(const BankNoticeRequest& request, TimePoint now) const = 0;
  /// Headers that are missing, or have no form that the bank sends.
  [[nodiscard]] virtual Refusal refuseHead(const BankNoticeRequest& request) const = 0;
  /// Time and signature, once the token is found to be good.
  [[nodiscard]] virtual Refusal refuseSignature(const BankNoticeRequest& request, TimePoint now) const = 0;
  /// What it says; only of one that is not refused.
  [[nodiscard]] virtual std::variant<BankNotice, BankNoticeProblem> read(const BankNoticeRequest& request,
                                                                         TimePoint now) const = 0;

  /// The access token that a call carries; empty: none.
  [[nodiscard]] virtual SecretText tokenOf(const BankNoticeRequest& request) const = 0;

  [[nodiscard]] virtual BankNoticeReply tokenGiven(const SecretText& token,
                                                   std::chrono::seconds life) const = 0;
  /// Yes. `payment` is what it is about.
  [[nodiscard]] virtual BankNoticeReply accepted(BankNoticeKind kind, const BankNotice& notice,
                                                 const PaymentRecord& payment) const = 0;
  [[nodiscard]] virtual BankNoticeReply refused(BankNoticeKind kind,
                                                const BankNoticeProblem& problem) const = 0;
};

}  // namespace ks
