#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ks {

/// Estimates the number of distinct values with 16,384 registers: standard error 0.81 %. Merging two gives
/// exactly the sketch of both inputs. Up to 4,096 values are a list, exact to one or two, and most rows take
/// a few bytes. Estimator: Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017),
/// algorithm 6: no bias correction tables, good over the whole range.
class HyperLogLog {
 public:
  static constexpr unsigned kPrecision = 14;
  static constexpr unsigned kListPrecision = 25;
  static constexpr std::size_t kRegisters = 1U << kPrecision;

  /// `hash` must be 64 well-mixed bits (contentHash).
  void add(std::uint64_t hash);
  /// True when this sketch changed.
  bool merge(const HyperLogLog& other);
  [[nodiscard]] double estimate() const;
  [[nodiscard]] bool empty() const noexcept { return listed_.empty() && registers_.empty(); }

  /// Empty sketch: empty text. List: version byte, gaps between ordered indexes as variable-length integers,
  /// each followed by its rank where the index alone does not give the register's. Else a version byte and 6
  /// bits a register. Lists by register, which earlier versions wrote, are read too.
  [[nodiscard]] std::string serialize() const;
  static std::optional<HyperLogLog> parse(std::string_view text);
  /// Merges what serialize() gave, without a sketch in between. False when `text` is something else; this
  /// sketch is unusable then.
  [[nodiscard]] bool mergeSerialized(std::string_view text);

 private:
  /// Orders the list, or turns it into registers when it is too long; what is counted stays the same.
  void tidy() const;
  void spread() const;
  bool raise(std::uint32_t registerIndex, std::uint32_t rank) const;
  bool raise(std::uint32_t entry) const;
  bool mergeListed(const std::vector<std::uint32_t>& ordered);
  bool mergeSerializedList(std::string_view text);
  bool mergeSerializedRegisterList(std::string_view text);

  // entry = the first kListPrecision bits << 6 | the rank of the bits after them, 0 where the register's rank
  // does not reach that far (Heule et al., "HyperLogLog in practice", 2013, section 5.3). Unordered and with
  // repetitions until tidy().
  mutable std::vector<std::uint32_t> listed_;
  mutable bool tidied_ = true;
  mutable std::vector<std::uint8_t> registers_;
};

}  // namespace ks
