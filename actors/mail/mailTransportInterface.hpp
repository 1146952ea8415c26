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

/// What became of a mail that the way out has an answer for. No answer, or one that may be another tomorrow,
/// is a fault.
struct MailDelivery {
  bool refusedForGood = false;
  std::string reason;  ///< why it was refused; names no address
};

/// The way out for mails. May block for some seconds; belongs to one thread.
class MailTransportInterface {
 public:
  virtual ~MailTransportInterface() = default;
  virtual Result<MailDelivery> deliver(const Mail& mail) = 0;
};

}  // namespace ks
