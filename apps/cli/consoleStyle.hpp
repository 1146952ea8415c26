#pragma once
#include <string>
#include <string_view>

namespace ks::cli {

enum class Tone : unsigned char { plain, strong, faint, good, warning, bad };

/// Colours, or nothing where they are not wanted.
class ConsoleStyle {
 public:
  explicit ConsoleStyle(bool colours = false) : colours_(colours) {}
  /// `text` in the tone's colour.
  [[nodiscard]] std::string paint(Tone tone, std::string_view text) const;

 private:
  bool colours_;
};

/// Colours are for terminals that can show them and whose user did not say no (https://no-color.org).
bool wantsColours(bool isTerminal, std::string_view noColor, std::string_view term);

/// Text of others, safe to print: control characters (a terminal would obey them) become `?`, line ends and
/// tabs stay where `lines` says so, else become a space.
std::string printable(std::string_view text, bool lines = false);

}  // namespace ks::cli
