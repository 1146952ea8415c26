#include "http/accountFields.hpp"

#include "core/emailAddress.hpp"
#include "core/ipAddress.hpp"

namespace ks {
namespace {

bool isEmailAddress(std::string_view text) { return normalizeEmail(text).has_value(); }

}  // namespace

bool isUsername(std::string_view text) {
  if (text.size() < 3 || text.size() > 32) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool inner = i > 0 && i + 1 < text.size() && (c == '.' || c == '_' || c == '-');
    if (!letterOrDigit && !inner) {
      return false;
    }
  }
  return true;
}

FieldRules emailRules() {
  return rules()
      .length(3, 254)
      .format(TextFormat::email)
      .accept(&isEmailAddress, "^[^@\\s]+@[^@\\s]+$", ErrorCode::invalidEmail)
      .example("\"ann@example.org\"");
}

FieldRules usernameRules() {
  return rules().length(3, 32).accept(&isUsername, "^[A-Za-z0-9][A-Za-z0-9._-]{1,30}[A-Za-z0-9]$");
}

FieldRules displayNameRules() { return rules().length(1, 100); }

FieldRules localeRules() { return rules().oneOf({"en", "id"}); }

FieldRules passwordRules() { return rules().length(1, 1024).example("\"correct horse battery staple\""); }

FieldRules linkTokenRules() { return rules().length(1, 256).describe("out of the mail's link"); }

std::string normalIdentifier(const std::string& identifier) {
  return normalizeEmail(identifier).value_or(identifier);
}

FieldRules addressRules() {
  return rules().length(2, 45).accept(
      [](std::string_view text) { return IpAddress::parse(text).has_value(); }, "^[0-9A-Fa-f:.]{2,45}$");
}

}  // namespace ks
