#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "actors/mail/mailTransportInterface.hpp"
#include "core/clockInterface.hpp"
#include "core/secretText.hpp"

namespace ks {

struct SmtpConfig {
  std::string url;  ///< smtp://host[:port] or smtps://host[:port]
  std::string user;
  SecretText password;
  std::string caFile;  ///< empty: the system's authorities
  std::string from;
  bool encrypted = true;  ///< false: smtp:// goes without STARTTLS; for a server on this machine
  std::chrono::seconds connectTimeout{5};
  std::chrono::seconds timeout{15};  ///< of a mail, connecting included
};

/// Hands mails to an SMTP server (RFC 5321) and keeps the connection for the next one. A 5xx answer to a
/// recipient or to the text is permanent; any other failure, for example of the sign-in, may be the
/// installation's and is not.
class SmtpMailTransport final : public MailTransportInterface {
 public:
  SmtpMailTransport(SmtpConfig config, const ClockInterface& clock);
  ~SmtpMailTransport() override;
  SmtpMailTransport(const SmtpMailTransport&) = delete;
  SmtpMailTransport& operator=(const SmtpMailTransport&) = delete;

  Result<MailDelivery> deliver(const Mail& mail) override;

 private:
  struct Handle;
  SmtpConfig config_;
  const ClockInterface& clock_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace ks
