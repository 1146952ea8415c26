#include "http/schema/csvWriter.hpp"

#include <algorithm>
#include <array>

namespace ks {
namespace {

/// Characters that start a formula in spreadsheets, or are skipped before one; the last four are the wide
/// forms of = + - @.
constexpr std::array<std::string_view, 11> kFormulaBeginnings{
    "=", "+", "-", "@", "\t", "\r", "\n", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

void appendCell(std::string& out, std::string_view prefix, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += prefix;
    out += text;
    return;
  }
  out += '"';
  out += prefix;
  for (const char c : text) {
    if (c == '"') {
      out += '"';
    }
    out += c;
  }
  out += '"';
}

}  // namespace

void appendCsvText(std::string& out, std::string_view text) {
  const bool formula =
      std::any_of(kFormulaBeginnings.begin(), kFormulaBeginnings.end(),
                  [text](std::string_view beginning) { return text.starts_with(beginning); });
  appendCell(out, formula ? "'" : "", text);
}

void appendCsvJson(std::string& out, std::string_view json) {
  if (json == "null") {
    return;
  }
  if (json.size() >= 2 && json.front() == '"') {
    json.remove_prefix(1);
    json.remove_suffix(1);
  }
  appendCell(out, "", json);
}

}  // namespace ks
