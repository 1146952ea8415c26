#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ks {

/// What a mail's template needs, by name; which names, actors/mail/mailTexts.cpp says.
using MailValues = std::map<std::string, std::string, std::less<>>;

/// The values as the text that the outbox keeps, sealed: a JSON object.
std::string mailPayload(const MailValues& values);

/// Nothing when the text is no JSON object of texts.
std::optional<MailValues> readMailPayload(std::string_view payload);

}  // namespace ks
