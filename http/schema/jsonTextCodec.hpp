#pragma once
#include <string>

#include "core/text/jsonText.hpp"
#include "http/schema/valueCodecs.hpp"

namespace ks {

/// Appends the value as JSON again, without white space.
void appendJsonValue(std::string& out, const JsonValue& value);

/// An object that is not interpreted. As an input it has at most `maxLength` bytes as JSON without white
/// space.
struct JsonTextCodec {
  using Value = JsonText;
  static bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
                    FaultList& faults);
  static void write(std::string& out, const Value& value) { out += value.empty() ? "{}" : value.text; }
  static void describe(SchemaNode& node, const FieldRules& /*rules*/) { node.type = "object"; }
};

template <>
struct DefaultCodec<JsonText> {
  using Type = JsonTextCodec;
};

}  // namespace ks
