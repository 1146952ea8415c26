#pragma once
#include <filesystem>

#include "actors/mail/mailTransportInterface.hpp"
#include "core/clockInterface.hpp"

namespace ks {

/// The development mailbox: each mail becomes a file `<id>.eml` (mode 0600) that `kctl mail` shows.
class FolderMailTransport final : public MailTransportInterface {
 public:
  FolderMailTransport(std::filesystem::path folder, const ClockInterface& clock)
      : folder_(std::move(folder)), clock_(clock) {}
  Result<MailDelivery> deliver(const Mail& mail) override;

 private:
  std::filesystem::path folder_;
  const ClockInterface& clock_;
};

}  // namespace ks
