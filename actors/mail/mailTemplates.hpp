#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ks {

struct MailText {
  std::string subject;  ///< constant: no value ever stands in it
  std::string text;
};

/// Renders a template of the outbox in Indonesian ("id") or English (any other locale). `payload` is the
/// template's only value, a one-time token for instance, or what mailPayload() makes of several. What a
/// stranger may have written is cut, and neither begins a line nor becomes a link. Nothing when there is no
/// such template, or when the token is missing or malformed.
std::optional<MailText> renderMail(std::string_view mailTemplate, std::string_view locale,
                                   std::string_view payload, std::string_view publicUrl);

/// The page that a template's mail links to with a token. `publicUrl` is an origin.
std::string mailLink(std::string_view mailTemplate, std::string_view token, std::string_view publicUrl);

}  // namespace ks
