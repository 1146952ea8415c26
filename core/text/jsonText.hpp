#pragma once
#include <string>

namespace ks {

/// A JSON object as text: stored as jsonb and not interpreted on the way. Empty: none.
struct JsonText {
  std::string text;
  [[nodiscard]] bool empty() const noexcept { return text.empty(); }
};

}  // namespace ks
