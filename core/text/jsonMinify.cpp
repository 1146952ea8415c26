#include "core/text/jsonMinify.hpp"

namespace ks {

std::optional<std::string> minifyJson(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  bool inString = false;
  bool escaped = false;
  for (const char c : json) {
    if (inString) {
      text.push_back(c);
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        inString = false;
      }
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      text.push_back(c);
      inString = c == '"';
    }
  }
  if (inString) {
    return std::nullopt;
  }
  return text;
}

}  // namespace ks
