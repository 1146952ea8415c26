#pragma once
#include <string>
#include <string_view>

namespace ks::cli {

enum class Tone : unsigned char { plain, strong, faint, good, warning, bad };

/// Colours, or nothing if they are disabled.
class ConsoleStyle {
 public:
  explicit ConsoleStyle(bool colours = false) : colours_(colours) {}
  /// `text` in the tone's colour.
  [[nodiscard]] std::string paint(Tone tone, std::string_view text) const;

 private:
  bool colours_;
};

/// Colours are for terminals that support them, unless the user disabled them (https://no-color.org).
bool wantsColours(bool isTerminal, std::string_view noColor, std::string_view term);

/// Foreign text, safe to print: control characters (a terminal would execute them) become `?`, line ends and
/// tabs stay if `lines` is set, otherwise they become a space.
std::string printable(std::string_view text, bool lines = false);

}  // namespace ks::cli
