#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ks::cli {

/// A mail of the development mailbox, decoded.
struct MailFile {
  std::string id;  ///< the file's name without .eml
  std::string date;
  std::string from;
  std::string to;
  std::string subject;
  std::string text;
};

/// RFC 5322 as our own transport and common tools write it: folded headers, encoded words (RFC 2047)
/// in UTF-8, a text body in 8bit, base64 or quoted-printable.
MailFile parseMail(std::string id, std::string_view file);

/// The first link in the mail; empty: none.
std::string mailLink(const MailFile& mail);
/// The `token=` of that link; empty: none.
std::string mailToken(const MailFile& mail);

struct MailFolder {
  std::vector<MailFile> mails;  ///< newest first
  std::string problem;          ///< why the folder cannot be read; empty: it was
};

/// Every *.eml of the folder up to the size limit of our mails (1 MiB).
MailFolder readMailFolder(const std::string& folder);

}  // namespace ks::cli
