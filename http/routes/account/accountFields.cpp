#include "http/routes/account/accountFields.hpp"

#include "core/text/identifierFold.hpp"
#include "core/text/shownText.hpp"

namespace ks {
namespace {

constexpr std::string_view kUsernameForm =
    "3 to 32 letters and digits, with . _ - between them; stored in lower case; ASCII only unless "
    "K_USERNAME_LETTERS allows more";
constexpr std::string_view kShownForm =
    "surrounding white space is removed; no control, invisible or direction-changing characters";

std::optional<std::string> foldIdentifier(std::string_view text) { return normalizeIdentifier(text); }

std::optional<std::string> foldSearch(std::string_view text) { return normalizeSearch(text); }

std::optional<std::string> foldUsernameOrNone(std::string_view text) {
  return text.empty() ? std::optional<std::string>{std::in_place} : normalizeUsername(text);
}

std::optional<std::string> foldShownOrNone(std::string_view text) {
  return text.empty() ? std::optional<std::string>{std::in_place} : normalizeShownText(text);
}

}  // namespace

FieldRules emailRules() {
  return rules()
      .length(3, 254)
      .format(TextFormat::email)
      .fold(&normalizeEmail, "^[^@\\s]+@[^@\\s]+$", ErrorCode::invalidEmail)
      .example("\"ann@example.org\"");
}

FieldRules identifierRules() {
  return rules().length(1, 254).fold(&foldIdentifier, {}).describe("e-mail address or user name");
}

FieldRules usernameRules() {
  return rules()
      .length(3, 32)
      .fold(&normalizeUsername, "^[^@\\s]+$")
      .describe(std::string{kUsernameForm})
      .example("\"ann.lee\"");
}

FieldRules usernameOrNoneRules() {
  return rules()
      .length(0, 32)
      .fold(&foldUsernameOrNone, "^[^@\\s]*$")
      .describe("empty: none; else " + std::string{kUsernameForm})
      .example("\"ann.lee\"");
}

FieldRules displayNameRules() { return shownNameRules(1, 100).example("\"Ann Lee\""); }

FieldRules displayNameOrNoneRules() {
  return rules()
      .length(0, 100)
      .fold(&foldShownOrNone, {})
      .describe("empty: none; else " + std::string{kShownForm})
      .example("\"Ann Lee\"");
}

FieldRules shownNameRules(std::size_t least, std::size_t most) {
  return rules()
      .length(least, most)
      .fold(least == 0 ? &foldShownOrNone : &normalizeShownText, {})
      .describe(std::string{kShownForm});
}

FieldRules userTextRules() { return rules().optional().length(1, 128).fold(&foldSearch, {}); }

FieldRules localeRules() { return rules().oneOf({"en", "id"}); }

FieldRules passwordRules() { return rules().length(1, 1024).example("\"correct horse battery staple\""); }

FieldRules keepKeysRules() {
  return rules().optional().describe(
      "true: API keys of the account stay valid; otherwise they end with the sessions");
}

FieldRules linkTokenRules() { return rules().length(1, 256).describe("from the link in the mail"); }

}  // namespace ks
