#pragma once
#include <string>

namespace ks {

/// A JSON object as text: what the database keeps as jsonb and nobody on the way looks into. Empty: none.
struct JsonText {
  std::string text;
  [[nodiscard]] bool empty() const noexcept { return text.empty(); }
};

}  // namespace ks
