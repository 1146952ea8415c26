#pragma once
#include <map>
#include <string>

#include "actors/mail/mailTransportInterface.hpp"
#include "test/simulation/faults/faultPlan.hpp"

namespace ks::sim {

/// What arrived, by recipient: the newest verification token of each; of reset tokens by resetBox(recipient).
using Mailbox = std::map<std::string, std::string>;

inline std::string resetBox(const std::string& recipient) { return "reset:" + recipient; }

/// Keeps the tokens of the mails that it takes; refuses some by seed, after or before they arrived.
class RecordingMailTransport final : public MailTransportInterface {
 public:
  RecordingMailTransport(Mailbox& mailbox, const FaultPlan& plan, SeededRandom& random)
      : mailbox_(mailbox), plan_(plan), random_(random) {}

  Result<MailDelivery> deliver(const Mail& mail) override {
    const bool refused = plan_.on && random_.oneIn(plan_.mailRefused);
    if (refused && random_.oneIn(2)) {
      return makeFault(ErrorCode::dependencyUnavailable, "the plan's mail server refuses");
    }
    static constexpr std::string_view kMark = "#token=";
    if (const auto at = mail.text.find(kMark); at != std::string::npos) {
      const auto begin = at + kMark.size();
      const bool reset = mail.text.substr(0, at).ends_with("/reset-password");
      mailbox_[reset ? resetBox(mail.to) : mail.to] =
          mail.text.substr(begin, mail.text.find_first_of(" \n", begin) - begin);
    }
    return refused ? Result<MailDelivery>(makeFault(ErrorCode::timeout, "the plan lost the receipt"))
                   : Result<MailDelivery>(MailDelivery{});
  }

 private:
  Mailbox& mailbox_;
  const FaultPlan& plan_;
  SeededRandom& random_;
};

}  // namespace ks::sim
