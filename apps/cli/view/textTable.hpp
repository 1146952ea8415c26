#pragma once
#include <string>
#include <vector>

#include "apps/cli/consoleStyle.hpp"

namespace ks::cli {

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

/// Aligned columns for a person. The last column is not padded.
class TextTable {
 public:
  struct Column {
    std::string title;
    bool right = false;  ///< numbers
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// As many cells as there are columns.
  void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// Every line begins with `indent`; a table whose titles are all empty has no title line.
  [[nodiscard]] std::string render(const ConsoleStyle& style, const std::string& indent = {}) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

/// At most `width` characters, cut with `...`.
std::string shortened(const std::string& text, std::size_t width);

/// `0.31`, `12.4`, `1234`: three significant digits.
std::string formatNumber(double value);

/// `42 s`, `3 min 5 s`, `2 h 5 min`, `3 d 4 h`.
std::string formatDuration(long long seconds);

/// `812 B`, `63.1 MiB`.
std::string formatBytes(double bytes);

}  // namespace ks::cli
