#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace ks {

struct JsonMember;

/// One value of a parsed request body. Depth and number of values are bounded by JsonLimits.
struct JsonValue {
  enum class Kind : std::uint8_t { null, boolean, integer, real, text, array, object };
  Kind kind = Kind::null;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;

  static JsonValue ofText(std::string value);
  static JsonValue ofInteger(std::int64_t value);
  static JsonValue ofReal(double value);
  static JsonValue ofBoolean(bool value);
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

struct JsonLimits {
  std::size_t depth = 16;
  std::size_t values = 20'000;
};

/// Strict RFC 8259: valid UTF-8 only, no comments, no trailing text, a key at most once in an object. A fault
/// is MALFORMED_JSON whose message names the position in bytes; the text itself is never repeated.
[[nodiscard]] Result<JsonValue> readJson(std::string_view text, const JsonLimits& limits = {});

}  // namespace ks
