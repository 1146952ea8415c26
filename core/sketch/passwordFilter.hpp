#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

namespace ks {

/// A set of passwords as a Bloom filter: members are always found, other texts rarely. Read in
/// place: it costs no memory beyond the pages that look-ups touch. Little-endian machines only.
class PasswordFilter {
 public:
  /// Shorter passwords are refused for their length and are not in the filter.
  static constexpr std::size_t kShortest = 8;
  /// The most false positives that a filter may have by calculation.
  static constexpr double kMostFalsePositives = 1e-6;

  /// Nothing if the header and length of `file` are not those of a filter. `file` must outlive the filter.
  static std::optional<PasswordFilter> open(ByteView file);

  /// In whatever case its ASCII letters are. `password` is in normalisation form C.
  [[nodiscard]] bool mayContain(std::string_view password) const;
  [[nodiscard]] std::uint64_t entries() const noexcept { return entries_; }
  /// Share of other texts that are found, by calculation.
  [[nodiscard]] double falsePositives() const;

 private:
  const std::uint8_t* bits_ = nullptr;
  std::uint64_t bitCount_ = 0;
  std::uint64_t probes_ = 0;
  std::uint64_t entries_ = 0;
};

/// The form under which a password is in a filter: normalisation form C, ASCII letters in lower case. Nothing
/// when it is not UTF-8 or shorter than kShortest characters.
[[nodiscard]] std::optional<std::string> passwordFilterForm(std::string_view password);

/// The file of a filter of these passwords, which are in that form.
[[nodiscard]] std::vector<std::uint8_t> makePasswordFilter(const std::vector<std::string>& passwords);

}  // namespace ks
