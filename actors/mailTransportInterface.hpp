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

/// The way out for mails. May block; belongs to one thread.
class MailTransportInterface {
 public:
  virtual ~MailTransportInterface() = default;
  virtual Result<Done> deliver(const Mail& mail) = 0;
};

}  // namespace ks
