#pragma once
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ks {

enum class MetricType : std::uint8_t { counter, gauge, histogram };

/// A family of samples, declared once as a constant.
struct MetricFamily {
  const char* name;  ///< with its unit; a counter's ends in _total
  MetricType type;
  const char* help;
  std::vector<const char*> labels = {};  ///< names, in the order in which their values are given
};

/// Writes Prometheus' text format, version 0.0.4. The samples of a family are written one after the other; a
/// family that comes again after another is a programming error (ensure()). Not thread-safe.
class PrometheusText {
 public:
  void add(const MetricFamily& family, std::uint64_t value, std::span<const std::string_view> labels = {});
  void add(const MetricFamily& family, double value, std::span<const std::string_view> labels = {});
  /// `counts[i]` values up to `bounds[i]`, the last one those above all bounds; not cumulative.
  void addHistogram(const MetricFamily& family, std::span<const double> bounds,
                    std::span<const std::uint64_t> counts, double sum,
                    std::span<const std::string_view> labels = {});
  /// Text already in the format, of families that this writer does not know.
  void append(std::string_view text) { text_.append(text); }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  void open(const MetricFamily& family);
  void name(const MetricFamily& family, const char* suffix, std::span<const std::string_view> labels,
            std::string_view bound = {});
  void value(double value);

  std::string text_;
  std::string_view current_;
  std::set<std::string_view> seen_;
};

}  // namespace ks
