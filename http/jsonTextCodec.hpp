#pragma once
#include "core/jsonText.hpp"
#include "http/valueCodecs.hpp"

namespace ks {

/// Output only: an object that nobody looks into.
struct JsonTextCodec {
  using Value = JsonText;
  static bool parse(JsonValue& /*in*/, const FieldRules& /*rules*/, const std::string& path, Value& /*out*/,
                    FaultList& faults) {
    faults.add(path, ErrorCode::unknownField);
    return false;
  }
  static void write(std::string& out, const Value& value) { out += value.empty() ? "{}" : value.text; }
  static void describe(SchemaNode& node, const FieldRules& /*rules*/) { node.type = "object"; }
};

template <>
struct DefaultCodec<JsonText> {
  using Type = JsonTextCodec;
};

}  // namespace ks
