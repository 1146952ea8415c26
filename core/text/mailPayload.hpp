#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ks {

/// The values of a mail's template by name; the names are in actors/mail/mailTexts.cpp.
using MailValues = std::map<std::string, std::string, std::less<>>;

/// The values as the text that the outbox keeps, sealed: a JSON object.
std::string mailPayload(const MailValues& values);

/// Nothing if the text is not a JSON object of texts.
std::optional<MailValues> readMailPayload(std::string_view payload);

}  // namespace ks
