#pragma once
#include <span>
#include <string_view>

namespace ks {

struct MailTexts {
  std::string_view name;
  std::string_view only;      ///< name of the value that a payload which is no JSON object stands for
  std::string_view linkPath;  ///< page that {link} leads to, the token behind it; empty: no link
  std::string_view subjectEn;
  std::string_view textEn;
  std::string_view subjectId;
  std::string_view textId;
};

/// All mails. {link} is the page with the token, {url} the installation, any other {name} a
/// value of the payload; a line that names a value missing in the payload is left out.
std::span<const MailTexts> mailTexts() noexcept;

}  // namespace ks
