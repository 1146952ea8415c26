#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ks {

struct MailText {
  std::string subject;
  std::string text;
};

/// Renders a template of the outbox in Indonesian ("id") or English (any other locale). `payload` is the
/// template's one value, a one-time token where it needs one. Nothing when there is no such template.
std::optional<MailText> renderMail(std::string_view mailTemplate, std::string_view locale,
                                   std::string_view payload, std::string_view publicUrl);

}  // namespace ks
