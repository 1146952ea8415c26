#include "core/text/prometheusText.hpp"

#include <charconv>
#include <cmath>

#include "core/invariant.hpp"

namespace ks {
namespace {

std::string_view typeName(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::histogram:
      break;
  }
  return "histogram";
}

void appendNumber(std::string& out, double number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end.ptr);
}

void appendEscaped(std::string& out, std::string_view text) {
  for (const char character : text) {
    if (character == '\n') {
      out += "\\n";
      continue;
    }
    if (character == '\\' || character == '"') {
      out += '\\';
    }
    out += character;
  }
}

}  // namespace

void PrometheusText::open(const MetricFamily& family) {
  if (current_ == family.name) {
    return;
  }
  ensure(seen_.insert(family.name).second, "the samples of a metric family stand together");
  current_ = family.name;
  text_.append("# HELP ").append(family.name).append(" ").append(family.help).append("\n# TYPE ");
  text_.append(family.name).append(" ").append(typeName(family.type)).append("\n");
}

void PrometheusText::name(const MetricFamily& family, const char* suffix,
                          std::span<const std::string_view> labels, std::string_view bound) {
  ensure(labels.size() == family.labels.size(), "a sample has a value for each label of its family");
  text_.append(family.name).append(suffix);
  char before = '{';
  for (std::size_t i = 0; i < labels.size(); ++i) {
    text_ += before;
    text_.append(family.labels[i]).append("=\"");
    appendEscaped(text_, labels[i]);
    text_ += '"';
    before = ',';
  }
  if (!bound.empty()) {
    text_ += before;
    text_.append("le=\"").append(bound).append("\"");
    before = ',';
  }
  text_ += before == '{' ? " " : "} ";
}

void PrometheusText::value(double value) {
  if (std::isfinite(value)) {
    appendNumber(text_, value);
  } else {
    text_ += std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }
  text_ += '\n';
}

void PrometheusText::add(const MetricFamily& family, std::uint64_t count,
                         std::span<const std::string_view> labels) {
  open(family);
  name(family, "", labels);
  text_.append(std::to_string(count)).append("\n");
}

void PrometheusText::add(const MetricFamily& family, double number,
                         std::span<const std::string_view> labels) {
  open(family);
  name(family, "", labels);
  value(number);
}

void PrometheusText::addHistogram(const MetricFamily& family, std::span<const double> bounds,
                                  std::span<const std::uint64_t> counts, double sum,
                                  std::span<const std::string_view> labels) {
  ensure(counts.size() == bounds.size() + 1, "a histogram has one count more than bounds");
  open(family);
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    below += counts[i];
    std::string bound = "+Inf";
    if (i < bounds.size()) {
      bound.clear();
      appendNumber(bound, bounds[i]);
    }
    name(family, "_bucket", labels, bound);
    text_.append(std::to_string(below)).append("\n");
  }
  name(family, "_sum", labels);
  value(sum);
  name(family, "_count", labels);
  text_.append(std::to_string(below)).append("\n");
}

}  // namespace ks
