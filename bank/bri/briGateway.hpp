#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "actors/payment/paymentGatewayInterface.hpp"
#include "bank/bri/briAnswers.hpp"
#include "bank/bri/briConfig.hpp"
#include "bank/bri/briMessages.hpp"
#include "bank/snap/callBreaker.hpp"
#include "bank/snap/snapTransport.hpp"
#include "core/clockInterface.hpp"

namespace ks {

/// Bank Rakyat Indonesia by SNAP BI. What could not be sent is an answer `unknown` whose message says "not sent"; a
/// creation that no call can be made of is refused.
class BriGateway final : public PaymentGatewayInterface {
 public:
  /// Under way together, those that wait for an access token too.
  static constexpr std::size_t kMostCalls = 256;

  /// `clock` gives the time that calls are signed with.
  BriGateway(BriConfig config, const ClockInterface& clock);

  void start(const BankOrder& order, const std::string& externalId, std::chrono::milliseconds limit,
             std::function<void(BankAnswer)> reply) override;
  void work(std::chrono::milliseconds wait) override;
  [[nodiscard]] std::size_t underWay() const override;
  [[nodiscard]] const std::string& partner() const override { return config_.partnerId; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Call {
    BankOrder order;
    BriCall call;
    std::string externalId;
    Time deadline;
    std::function<void(BankAnswer)> reply;
    std::uint64_t tokenNumber = 0;  ///< of the token that it was sent with
  };
  struct Token {
    SecretText text;
    Time until{};
    std::uint64_t number = 0;  ///< of those that this gateway has had
  };

  void askToken();
  void takeToken(const SnapReply& reply);
  void failWaiting(const std::string& why);
  void send(Call call);
  void finish(const SnapReply& reply);
  void noteOutcome(const SnapReply& reply);
  void endLateWaiters();
  [[nodiscard]] Result<SnapRequest> requestOf(const Call& call, std::chrono::milliseconds limit) const;

  BriConfig config_;
  const ClockInterface& clock_;
  SnapTransport transport_;
  CallBreaker breaker_;
  Token token_;
  std::uint64_t lastId_ = 0;
  std::uint64_t tokenRequest_ = 0;  ///< the one under way; 0: none
  std::deque<Call> waiting_;        ///< for the token
  std::map<std::uint64_t, Call> sent_;
};

}  // namespace ks
