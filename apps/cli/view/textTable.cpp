#include "apps/cli/view/textTable.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/text/utf8.hpp"

namespace ks::cli {

std::string TextTable::render(const ConsoleStyle& style, const std::string& indent) const {
  std::vector<std::size_t> widths;
  bool titled = false;
  for (const auto& column : columns_) {
    widths.push_back(countCodePoints(column.title));
    titled = titled || !column.title.empty();
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], countCodePoints(row[i].text));
    }
  }
  std::string out;
  const auto addLine = [&](const std::vector<Cell>& cells) {
    std::string line = indent;
    std::string gap;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string padding(widths[i] - countCodePoints(cells[i].text), ' ');
      const std::string text = style.paint(cells[i].tone, cells[i].text);
      if (columns_[i].right) {
        line += gap + padding + text;
        gap = "  ";
      } else {
        // Padding is written with the next text, so no line ends in spaces.
        line += text.empty() ? "" : gap + text;
        gap = (text.empty() ? gap : std::string{}) + padding + "  ";
      }
    }
    out += line + "\n";
  };
  if (titled) {
    std::vector<Cell> titles;
    for (const auto& column : columns_) {
      titles.push_back({column.title, Tone::strong});
    }
    addLine(titles);
  }
  for (const auto& row : rows_) {
    addLine(row);
  }
  return out;
}

std::string shortened(const std::string& text, std::size_t width) {
  if (countCodePoints(text) <= width || width < 4) {
    return text;
  }
  std::size_t bytes = 0;
  for (std::size_t count = 0; bytes < text.size(); ++bytes) {
    const bool starts = (static_cast<unsigned char>(text[bytes]) & 0xC0U) != 0x80U;
    if (starts && count++ == width - 3) {
      break;
    }
  }
  return text.substr(0, bytes) + "...";
}

std::string formatNumber(double value) {
  if (!std::isfinite(value)) {
    return "-";
  }
  const double size = std::abs(value);
  const int decimals = size == 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, std::min(std::max(value, -1e15), 1e15));
  return text.data();
}

std::string formatDuration(long long seconds) {
  const auto two = [](long long high, const char* highUnit, long long low, const char* lowUnit) {
    std::string text = std::to_string(high) + highUnit;
    return low == 0 ? text : text + " " + std::to_string(low) + lowUnit;
  };
  if (seconds < 60) {
    return std::to_string(seconds) + " s";
  }
  if (seconds < 3600) {
    return two(seconds / 60, " min", seconds % 60, " s");
  }
  if (seconds < 86400) {
    return two(seconds / 3600, " h", seconds % 3600 / 60, " min");
  }
  return two(seconds / 86400, " d", seconds % 86400 / 3600, " h");
}

std::string formatBytes(double bytes) {
  constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return formatNumber(bytes) + " " + kUnits[unit];
}

}  // namespace ks::cli
