#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "actors/payment/bankNoticeReaderInterface.hpp"
#include "crypto/rsaKey.hpp"

namespace ks {

struct BriNoticeConfig {
  std::string clientId;  ///< the bank's here
  SecretText clientSecret;
  std::vector<RsaPublicKey> keys;  ///< the bank's: two while it changes them
  std::string signedPlace;         ///< what the bank signs in place of kBankNoticePlace
  std::string partnerServiceId;    ///< digits that our virtual accounts begin with
};

/// Bank Rakyat Indonesia's calls: push notifications (34), BRIVA Online (24, 25), QRIS notifications (52).
class BriNotices final : public BankNoticeReaderInterface {
 public:
  static constexpr std::chrono::seconds kSkew{300};  ///< of the caller's clock

  explicit BriNotices(BriNoticeConfig config);

  [[nodiscard]] const std::string& clientId() const override { return config_.clientId; }
  [[nodiscard]] Refusal refuseTokenRequest(const BankNoticeRequest& request, TimePoint now) const override;
  [[nodiscard]] Refusal refuseHead(const BankNoticeRequest& request) const override;
  [[nodiscard]] Refusal refuseSignature(const BankNoticeRequest& request, TimePoint now) const override;
  [[nodiscard]] std::variant<BankNotice, BankNoticeProblem> read(const BankNoticeRequest& request,
                                                                 TimePoint now) const override;
  [[nodiscard]] SecretText tokenOf(const BankNoticeRequest& request) const override;
  [[nodiscard]] BankNoticeReply tokenGiven(const SecretText& token, std::chrono::seconds life) const override;
  [[nodiscard]] BankNoticeReply accepted(BankNoticeKind kind, const BankNotice& notice,
                                         const PaymentRecord& payment) const override;
  [[nodiscard]] BankNoticeReply refused(BankNoticeKind kind, const BankNoticeProblem& problem) const override;

 private:
  [[nodiscard]] bool isOfBank(const std::string& timestamp, const std::string& signature) const;

  BriNoticeConfig config_;
};

}  // namespace ks
