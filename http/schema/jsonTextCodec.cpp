#include "http/schema/jsonTextCodec.hpp"

#include <algorithm>

namespace ks {
namespace {

bool holdsNul(const JsonValue& value) {  // NOLINT(misc-no-recursion)
  return value.text.find('\0') != std::string::npos ||
         std::any_of(value.items.begin(), value.items.end(), holdsNul) ||
         std::any_of(value.members.begin(), value.members.end(), [](const JsonMember& member) {
           return member.name.find('\0') != std::string::npos || holdsNul(member.value);
         });
}

}  // namespace

// As deep as JsonLimits lets a body be.
void appendJsonValue(std::string& out, const JsonValue& value) {  // NOLINT(misc-no-recursion)
  switch (value.kind) {
    case JsonValue::Kind::null:
      out += "null";
      return;
    case JsonValue::Kind::boolean:
      appendJsonBoolean(out, value.boolean);
      return;
    case JsonValue::Kind::integer:
      appendJsonInteger(out, value.integer);
      return;
    case JsonValue::Kind::real:
      appendJsonReal(out, value.real);
      return;
    case JsonValue::Kind::text:
      appendJsonText(out, value.text);
      return;
    case JsonValue::Kind::array:
      out += '[';
      for (const auto& item : value.items) {
        out += out.back() == '[' ? "" : ",";
        appendJsonValue(out, item);
      }
      out += ']';
      return;
    case JsonValue::Kind::object:
      out += '{';
      for (const auto& member : value.members) {
        out += out.back() == '{' ? "" : ",";
        appendJsonText(out, member.name);
        out += ':';
        appendJsonValue(out, member.value);
      }
      out += '}';
      return;
  }
}

bool JsonTextCodec::parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
                          FaultList& faults) {
  if (in.kind != JsonValue::Kind::object) {
    detail::wrongType(path, "an object", faults);
    return false;
  }
  out.text.clear();
  appendJsonValue(out.text, in);
  if (out.text.size() > rules.maxLength) {
    faults.add(path, ErrorCode::tooLong,
               "takes at most " + std::to_string(rules.maxLength) + " bytes as JSON without white space");
    return false;
  }
  if (holdsNul(in)) {
    faults.add(path, ErrorCode::invalidFormat, "must not contain NUL characters");
    return false;
  }
  return true;
}

}  // namespace ks
