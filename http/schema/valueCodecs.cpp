#include "http/schema/valueCodecs.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/text/timeText.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

bool hasForbiddenControl(std::string_view text, TextFormat format) {
  if (format != TextFormat::multiline) {
    return hasControlCharacter(text);
  }
  std::string rest;
  std::copy_if(text.begin(), text.end(), std::back_inserter(rest),
               [](char c) { return c != '\n' && c != '\t' && c != '\r'; });
  return hasControlCharacter(rest);
}

/// The checks that secrets share with other text; their characters are the password policy's business, but
/// for NUL.
bool checkLength(std::string_view text, const FieldRules& rules, const std::string& path, FaultList& faults) {
  const auto length = countCodePoints(text);
  if (length < rules.minLength) {
    faults.add(path, ErrorCode::tooShort,
               "must have at least " + std::to_string(rules.minLength) + " characters");
    return false;
  }
  if (length > rules.maxLength) {
    faults.add(path, ErrorCode::tooLong,
               "must have at most " + std::to_string(rules.maxLength) + " characters");
    return false;
  }
  return true;
}

void refuseText(const FieldRules& rules, const std::string& path, FaultList& faults) {
  faults.add(path, rules.refusal, rules.pattern.empty() ? std::string{} : "must match " + rules.pattern);
}

bool checkText(std::string_view text, const FieldRules& rules, const std::string& path, FaultList& faults) {
  if (!checkLength(text, rules, path, faults)) {
    return false;
  }
  if (hasForbiddenControl(text, rules.textFormat)) {
    faults.add(path, ErrorCode::invalidFormat, "must not contain control characters");
    return false;
  }
  if (!rules.allowed.empty()) {
    JsonValue value = JsonValue::ofText(std::string(text));
    return detail::parseChoice(value, rules.allowed, path, faults) >= 0;
  }
  if (rules.accepts != nullptr && !rules.accepts(text)) {
    refuseText(rules, path, faults);
    return false;
  }
  return true;
}

bool outOfRange(double value, const FieldRules& rules) {
  return (rules.minimum && value < *rules.minimum) || (rules.maximum && value > *rules.maximum);
}

std::string numberText(double value) {
  std::string text;
  appendJsonReal(text, value);
  return text;
}

std::string rangeText(double least, double most) {
  return "must be from " + numberText(least) + " to " + numberText(most);
}

}  // namespace

namespace detail {

void wrongType(const std::string& path, std::string_view expected, FaultList& faults) {
  faults.add(path, ErrorCode::invalidFormat, "must be " + std::string(expected));
}

bool parseInteger(const JsonValue& in, const FieldRules& rules, std::int64_t least, std::int64_t most,
                  const std::string& path, std::int64_t& out, FaultList& faults) {
  if (in.kind == JsonValue::Kind::real && std::trunc(in.real) == in.real) {
    faults.add(path, ErrorCode::outOfRange, "is outside the range of integers");
    return false;
  }
  if (in.kind != JsonValue::Kind::integer) {
    wrongType(path, "a whole number", faults);
    return false;
  }
  if (in.integer < least || in.integer > most || outOfRange(static_cast<double>(in.integer), rules)) {
    faults.add(path, ErrorCode::outOfRange,
               rangeText(rules.minimum.value_or(static_cast<double>(least)),
                         rules.maximum.value_or(static_cast<double>(most))));
    return false;
  }
  out = in.integer;
  return true;
}

void describeInteger(SchemaNode& node, const FieldRules& rules, bool wide) {
  node.type = "integer";
  node.format = wide ? "int64" : "int32";
  node.minimum = rules.minimum;
  node.maximum = rules.maximum;
}

JsonValue integerFromText(std::string text) {
  std::int64_t value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc{} && read.ptr == end) {
    return JsonValue::ofInteger(value);
  }
  if (read.ec == std::errc::result_out_of_range && read.ptr == end) {
    return JsonValue::ofReal(text.starts_with('-') ? -1e19 : 1e19);
  }
  return JsonValue::ofText(std::move(text));
}

int parseChoice(const JsonValue& in, const std::vector<std::string>& names, const std::string& path,
                FaultList& faults) {
  if (in.kind == JsonValue::Kind::text) {
    const auto found = std::find(names.begin(), names.end(), in.text);
    if (found != names.end()) {
      return static_cast<int>(found - names.begin());
    }
  }
  std::string list;
  for (const auto& name : names) {
    list += list.empty() ? name : ", " + name;
  }
  faults.add(path, ErrorCode::invalidFormat, "must be one of: " + list);
  return -1;
}

}  // namespace detail

bool TextCodec::parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
                      FaultList& faults) const {
  if (in.kind != JsonValue::Kind::text) {
    detail::wrongType(path, "a string", faults);
    return false;
  }
  if (!checkText(in.text, rules, path, faults)) {
    return false;
  }
  if (rules.folds == nullptr) {
    out = std::move(in.text);
    return true;
  }
  auto folded = rules.folds(in.text);
  if (!folded) {
    refuseText(rules, path, faults);
    return false;
  }
  if (!checkLength(*folded, rules, path, faults)) {  // the form may be longer: NFC decomposes some letters
    return false;
  }
  out = std::move(*folded);
  return true;
}

void TextCodec::describe(SchemaNode& node, const FieldRules& rules) const {
  node.type = "string";
  node.minLength = rules.minLength > 0 ? std::optional(rules.minLength) : std::nullopt;
  node.maxLength = rules.maxLength;
  node.pattern = rules.pattern;
  node.values = rules.allowed;
  if (rules.textFormat == TextFormat::email) {
    node.format = "email";
  }
}

bool SecretCodec::parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
                        FaultList& faults) const {
  if (in.kind != JsonValue::Kind::text) {
    detail::wrongType(path, "a string", faults);
    return false;
  }
  if (in.text.find('\0') != std::string::npos) {
    faults.add(path, ErrorCode::invalidFormat, "must not contain NUL characters");
    return false;
  }
  if (!checkLength(in.text, rules, path, faults)) {
    return false;
  }
  out = SecretText(std::move(in.text));
  return true;
}

void SecretCodec::describe(SchemaNode& node, const FieldRules& rules) const {
  TextCodec{}.describe(node, rules);
  node.format = "password";
}

bool BooleanCodec::parse(JsonValue& in, const FieldRules& /*rules*/, const std::string& path, Value& out,
                         FaultList& faults) const {
  if (in.kind != JsonValue::Kind::boolean) {
    detail::wrongType(path, "true or false", faults);
    return false;
  }
  out = in.boolean;
  return true;
}

JsonValue BooleanCodec::fromText(std::string text) {
  if (text == "true" || text == "false") {
    return JsonValue::ofBoolean(text == "true");
  }
  return JsonValue::ofText(std::move(text));
}

void BooleanCodec::describe(SchemaNode& node, const FieldRules& /*rules*/) const { node.type = "boolean"; }

bool RealCodec::parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
                      FaultList& faults) const {
  if (in.kind != JsonValue::Kind::real && in.kind != JsonValue::Kind::integer) {
    detail::wrongType(path, "a number", faults);
    return false;
  }
  const double value = in.kind == JsonValue::Kind::real ? in.real : static_cast<double>(in.integer);
  if (!std::isfinite(value) || outOfRange(value, rules)) {
    faults.add(path, ErrorCode::outOfRange);
    return false;
  }
  out = value;
  return true;
}

JsonValue RealCodec::fromText(std::string text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec == std::errc{} && read.ptr == end) {
    return JsonValue::ofReal(value);
  }
  return JsonValue::ofText(std::move(text));
}

void RealCodec::describe(SchemaNode& node, const FieldRules& rules) const {
  node.type = "number";
  node.format = "double";
  node.minimum = rules.minimum;
  node.maximum = rules.maximum;
}

bool UuidCodec::parse(JsonValue& in, const FieldRules& /*rules*/, const std::string& path, Value& out,
                      FaultList& faults) const {
  const auto uuid = in.kind == JsonValue::Kind::text ? Uuid::parse(in.text) : std::nullopt;
  if (!uuid) {
    detail::wrongType(path, "a UUID", faults);
    return false;
  }
  out = *uuid;
  return true;
}

void UuidCodec::write(std::string& out, const Value& value) const {
  out += '"';
  out += value.toString();
  out += '"';
}

void UuidCodec::describe(SchemaNode& node, const FieldRules& /*rules*/) const {
  node.type = "string";
  node.format = "uuid";
}

bool TimeCodec::parse(JsonValue& in, const FieldRules& /*rules*/, const std::string& path, Value& out,
                      FaultList& faults) const {
  const auto time = in.kind == JsonValue::Kind::text ? parseTime(in.text) : std::nullopt;
  if (!time) {
    detail::wrongType(path, "an RFC 3339 time such as 2026-02-03T10:30:45.123Z", faults);
    return false;
  }
  out = *time;
  return true;
}

void TimeCodec::describe(SchemaNode& node, const FieldRules& /*rules*/) const {
  node.type = "string";
  node.format = "date-time";
}

}  // namespace ks
