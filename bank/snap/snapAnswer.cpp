#include "bank/snap/snapAnswer.hpp"

#include <algorithm>

namespace ks {
namespace {

constexpr std::size_t kSnapCodeDigits = 7;
constexpr std::size_t kMostSnapMessage = 150;
/// Access tokens have 28 characters, signatures 88 or more.
constexpr std::size_t kLongestSnapWord = 20;

bool isSnapCode(std::string_view text) {
  return text.size() == kSnapCodeDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// ASPI's table of response codes. 404xx18 is not in it: an earlier request with the same reference got through.
bool isListedRefusal(std::string_view httpText, int caseNumber) {
  if (httpText == "400") {
    return caseNumber <= 2;
  }
  if (httpText == "401") {
    return caseNumber <= 4;
  }
  if (httpText == "403") {
    return caseNumber <= 23;
  }
  if (httpText == "404") {
    return caseNumber <= 19 && caseNumber != 18;
  }
  return httpText == "409" && caseNumber <= 1;
}

bool isWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("+/=_-.~").find(c) != std::string_view::npos;
}

}  // namespace

std::string shownSnapMessage(std::string_view text) {
  std::string shown;
  std::string word;
  const auto endWord = [&] {
    shown += word.size() > kLongestSnapWord ? "***" : word;
    word.clear();
  };
  for (const char c : text) {
    if (isWordCharacter(c)) {
      word += c;
      continue;
    }
    endWord();
    shown += c >= ' ' && c <= '~' ? c : '?';
  }
  endWord();
  shown.resize(std::min(shown.size(), kMostSnapMessage));
  return shown;
}

std::string_view snapText(const nlohmann::json& object, const char* name) {
  const auto place = object.find(name);
  return place != object.end() && place->is_string() ? std::string_view(place->get_ref<const std::string&>())
                                                     : std::string_view{};
}

const nlohmann::json& snapObject(const nlohmann::json& object, const char* name) {
  static const nlohmann::json kNone = nlohmann::json::object();
  const auto place = object.find(name);
  return place != object.end() && place->is_object() ? *place : kNone;
}

std::optional<Money> snapMoney(const nlohmann::json& object, const char* name) {
  const auto& amount = snapObject(object, name);
  const auto money = parseMoney(snapText(amount, "value"), snapText(amount, "currency"));
  return money ? std::optional(money.value()) : std::nullopt;
}

SnapAnswer readSnapAnswer(std::string_view service, int httpStatus, std::string_view body) {
  SnapAnswer answer;
  const auto httpText = std::to_string(httpStatus);
  auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object()) {
    answer.message = "HTTP " + httpText + " without a SNAP answer";
    return answer;
  }
  const auto code = snapText(json, "responseCode");
  if (!isSnapCode(code)) {
    answer.message = "HTTP " + httpText + " without a response code";
    return answer;
  }
  answer.code = code;
  answer.caseCode = code.substr(kSnapCodeDigits - 2);
  answer.message = shownSnapMessage(snapText(json, "responseMessage"));
  const int caseNumber = (answer.caseCode[0] - '0') * 10 + (answer.caseCode[1] - '0');
  if (code.substr(3, 2) != service || code.substr(0, 3) != httpText) {
    answer.message = "HTTP " + httpText + " with the response code of something else";
  } else if (httpText == "200" && caseNumber == 0) {
    answer.verdict = SnapVerdict::done;
  } else if (isListedRefusal(httpText, caseNumber)) {
    answer.verdict = SnapVerdict::refused;
  }
  answer.body = answer.verdict == SnapVerdict::unknown ? nlohmann::json() : std::move(json);
  return answer;
}

}  // namespace ks
