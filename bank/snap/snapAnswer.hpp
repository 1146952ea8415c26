#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/payment/money.hpp"

// Answers of SNAP, the API standard of Indonesian banks, of which every service has the same head.
namespace ks {

enum class SnapVerdict : std::uint8_t {
  done,
  refused,  ///< for a reason that the standard lists: definitely not done
  unknown   ///< anything else, in progress too
};

struct SnapAnswer {
  SnapVerdict verdict = SnapVerdict::unknown;
  std::string code;      ///< of seven digits; empty: there is none
  std::string caseCode;  ///< its last two
  std::string message;   ///< as shownSnapMessage() has it; of `unknown`, why
  nlohmann::json body;   ///< an object, unless unknown
};

/// `service`: the two digits of the one that was asked; an answer of another is unknown.
[[nodiscard]] SnapAnswer readSnapAnswer(std::string_view service, int httpStatus, std::string_view body);

/// A partner's text for logs and people: printable ASCII, at most 150 characters, without words so long that they
/// could be a token or a signature.
[[nodiscard]] std::string shownSnapMessage(std::string_view text);

/// Members of an answer. Nothing when the member is absent, of another type or of another form.
[[nodiscard]] std::string_view snapText(const nlohmann::json& object, const char* name);
/// `{"value": "10000.00", "currency": "IDR"}`
[[nodiscard]] std::optional<Money> snapMoney(const nlohmann::json& object, const char* name);
/// A member that is an object; else an empty one.
[[nodiscard]] const nlohmann::json& snapObject(const nlohmann::json& object, const char* name);

}  // namespace ks
