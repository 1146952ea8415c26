#pragma once
#include <string>

#include "core/result.hpp"
#include "core/uuid.hpp"

namespace ks {

/// A rendered mail.
struct Mail {
  Uuid id;  ///< of the outbox row; becomes the Message-ID, so that a mail sent twice is recognised
  std::string to;
  std::string subject;
  std::string text;  ///< UTF-8, lines end in \n
};

/// The result of a mail for which the server gave an answer. No answer, or a temporary one,
/// is a fault.
struct MailDelivery {
  bool refusedForGood = false;
  std::string reason;  ///< why it was refused; names no address
};

/// Sends mails. May block for some seconds; belongs to one thread.
class MailTransportInterface {
 public:
  virtual ~MailTransportInterface() = default;
  virtual Result<MailDelivery> deliver(const Mail& mail) = 0;
};

}  // namespace ks
