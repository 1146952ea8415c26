#pragma once
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/secretText.hpp"
#include "core/uuid.hpp"
#include "http/schema/faultList.hpp"
#include "http/schema/fieldRules.hpp"
#include "http/schema/jsonReader.hpp"
#include "http/schema/jsonWriter.hpp"
#include "http/schema/schemaNode.hpp"

// A codec knows one C++ type: how it is read from JSON (and from a query parameter's text), written and
// documented.
namespace ks {

struct TextCodec {
  using Value = std::string;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const;
  static JsonValue fromText(std::string text) { return JsonValue::ofText(std::move(text)); }
  void write(std::string& out, const Value& value) const { appendJsonText(out, value); }
  void describe(SchemaNode& node, const FieldRules& rules) const;
};

struct SecretCodec {
  using Value = SecretText;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const;
  static JsonValue fromText(std::string text) { return JsonValue::ofText(std::move(text)); }
  void write(std::string& out, const Value& value) const { appendJsonText(out, value.reveal()); }
  void describe(SchemaNode& node, const FieldRules& rules) const;
};

struct BooleanCodec {
  using Value = bool;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const;
  static JsonValue fromText(std::string text);
  void write(std::string& out, const Value& value) const { appendJsonBoolean(out, value); }
  void describe(SchemaNode& node, const FieldRules& rules) const;
};

struct RealCodec {
  using Value = double;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const;
  static JsonValue fromText(std::string text);
  void write(std::string& out, const Value& value) const { appendJsonReal(out, value); }
  void describe(SchemaNode& node, const FieldRules& rules) const;
};

struct UuidCodec {
  using Value = Uuid;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const;
  static JsonValue fromText(std::string text) { return JsonValue::ofText(std::move(text)); }
  void write(std::string& out, const Value& value) const;
  void describe(SchemaNode& node, const FieldRules& rules) const;
};

struct TimeCodec {
  using Value = TimePoint;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const;
  static JsonValue fromText(std::string text) { return JsonValue::ofText(std::move(text)); }
  void write(std::string& out, const Value& value) const { appendJsonTime(out, value); }
  void describe(SchemaNode& node, const FieldRules& rules) const;
};

namespace detail {
bool parseInteger(const JsonValue& in, const FieldRules& rules, std::int64_t least, std::int64_t most,
                  const std::string& path, std::int64_t& out, FaultList& faults);
void describeInteger(SchemaNode& node, const FieldRules& rules, bool wide);
JsonValue integerFromText(std::string text);
int parseChoice(const JsonValue& in, const std::vector<std::string>& names, const std::string& path,
                FaultList& faults);
void wrongType(const std::string& path, std::string_view expected, FaultList& faults);
}  // namespace detail

template <std::integral I>
struct IntegerCodec {
  using Value = I;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const {
    constexpr auto wideMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    constexpr auto ownMost = static_cast<std::uint64_t>(std::numeric_limits<I>::max());
    std::int64_t value = 0;
    if (!detail::parseInteger(in, rules, static_cast<std::int64_t>(std::numeric_limits<I>::min()),
                              static_cast<std::int64_t>(ownMost < wideMost ? ownMost : wideMost), path, value,
                              faults)) {
      return false;
    }
    out = static_cast<I>(value);
    return true;
  }
  static JsonValue fromText(std::string text) { return detail::integerFromText(std::move(text)); }
  void write(std::string& out, const Value& value) const {
    appendJsonInteger(out, static_cast<std::int64_t>(value));
  }
  void describe(SchemaNode& node, const FieldRules& rules) const {
    detail::describeInteger(node, rules, sizeof(I) > 4);
  }
};

/// A duration in whole seconds.
struct SecondsCodec {
  using Value = std::chrono::seconds;
  using Count = IntegerCodec<std::uint32_t>;
  static bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
                    FaultList& faults) {
    Count::Value count = 0;
    const bool fine = Count{}.parse(in, rules, path, count, faults);
    out = Value{count};
    return fine;
  }
  static JsonValue fromText(std::string text) { return Count::fromText(std::move(text)); }
  static void write(std::string& out, const Value& value) { appendJsonInteger(out, value.count()); }
  static void describe(SchemaNode& node, const FieldRules& rules) { Count{}.describe(node, rules); }
};

/// Names a type for schemaFor() and namesFor(), which are found beside it.
template <class T>
struct Of {};

/// Wire names of an enum's values.
template <class E>
using EnumNames = std::vector<std::pair<E, std::string>>;

template <class E>
struct EnumCodec {
  using Value = E;
  EnumCodec() : EnumCodec(namesFor(Of<E>{})) {}
  explicit EnumCodec(const EnumNames<E>& pairs) {
    for (const auto& [value, name] : pairs) {
      values.push_back(value);
      names.push_back(name);
    }
  }
  bool parse(JsonValue& in, const FieldRules& /*rules*/, const std::string& path, Value& out,
             FaultList& faults) const {
    const int index = detail::parseChoice(in, names, path, faults);
    if (index < 0) {
      return false;
    }
    out = values[static_cast<std::size_t>(index)];
    return true;
  }
  static JsonValue fromText(std::string text) { return JsonValue::ofText(std::move(text)); }
  void write(std::string& out, const Value& value) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] == value) {
        appendJsonText(out, names[i]);
        return;
      }
    }
    out += "null";
  }
  void describe(SchemaNode& node, const FieldRules& /*rules*/) const {
    node.type = "string";
    node.values = names;
  }
  std::vector<Value> values;
  std::vector<std::string> names;
};

template <class C>
struct OptionalCodec {
  using Value = std::optional<typename C::Value>;
  C inner;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const {
    if (in.kind == JsonValue::Kind::null) {
      out.reset();
      return true;
    }
    typename C::Value value{};
    if (!inner.parse(in, rules, path, value, faults)) {
      return false;
    }
    out = std::move(value);
    return true;
  }
  static JsonValue fromText(std::string text) requires requires { C::fromText(std::string{}); }
  { return C::fromText(std::move(text)); }
  void write(std::string& out, const Value& value) const {
    if (value) {
      inner.write(out, *value);
    } else {
      out += "null";
    }
  }
  void describe(SchemaNode& node, const FieldRules& rules) const {
    inner.describe(node, rules);
    node.nullable = true;
  }
};

template <class C>
struct VectorCodec {
  using Value = std::vector<typename C::Value>;
  C inner;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const {
    if (in.kind != JsonValue::Kind::array) {
      detail::wrongType(path, "an array", faults);
      return false;
    }
    if (in.items.size() < rules.minItems || in.items.size() > rules.maxItems) {
      faults.add(
          path, in.items.size() < rules.minItems ? ErrorCode::tooShort : ErrorCode::tooLong,
          "takes " + std::to_string(rules.minItems) + " to " + std::to_string(rules.maxItems) + " items");
      return false;
    }
    bool fine = true;
    out.clear();
    out.reserve(in.items.size());
    for (std::size_t i = 0; i < in.items.size(); ++i) {
      typename C::Value value{};
      fine = inner.parse(in.items[i], rules, path + "[" + std::to_string(i) + "]", value, faults) && fine;
      out.push_back(std::move(value));
    }
    return fine;
  }
  void write(std::string& out, const Value& value) const {
    out += '[';
    bool first = true;
    for (const auto& item : value) {
      if (!first) {
        out += ',';
      }
      first = false;
      inner.write(out, item);
    }
    out += ']';
  }
  void describe(SchemaNode& node, const FieldRules& rules) const {
    node.type = "array";
    node.minItems = rules.minItems > 0 ? std::optional(rules.minItems) : std::nullopt;
    node.maxItems = rules.maxItems;
    node.items = std::make_shared<SchemaNode>();
    inner.describe(*node.items, rules);
  }
};

/// An object whose member names are data.
template <class C>
struct MapCodec {
  using Value = std::map<std::string, typename C::Value>;
  C inner;
  bool parse(JsonValue& in, const FieldRules& rules, const std::string& path, Value& out,
             FaultList& faults) const {
    if (in.kind != JsonValue::Kind::object) {
      detail::wrongType(path, "an object", faults);
      return false;
    }
    bool fine = true;
    for (auto& [name, member] : in.members) {
      typename C::Value value{};
      fine = inner.parse(member, rules, path + "." + name, value, faults) && fine;
      out.insert_or_assign(name, std::move(value));
    }
    return fine;
  }
  void write(std::string& out, const Value& value) const {
    out += '{';
    bool first = true;
    for (const auto& [name, member] : value) {
      if (!first) {
        out += ',';
      }
      first = false;
      appendJsonText(out, name);
      out += ':';
      inner.write(out, member);
    }
    out += '}';
  }
  void describe(SchemaNode& node, const FieldRules& rules) const {
    node.type = "object";
    node.items = std::make_shared<SchemaNode>();
    inner.describe(*node.items, rules);
  }
};

template <class N>
struct ObjectCodec;

/// The codec that a member's type has by itself; an enum needs namesFor(), an object schemaFor().
template <class M>
struct DefaultCodec {
  using Type = std::conditional_t<std::is_enum_v<M>, EnumCodec<M>, ObjectCodec<M>>;
};
template <>
struct DefaultCodec<std::string> {
  using Type = TextCodec;
};
template <>
struct DefaultCodec<SecretText> {
  using Type = SecretCodec;
};
template <>
struct DefaultCodec<bool> {
  using Type = BooleanCodec;
};
template <>
struct DefaultCodec<double> {
  using Type = RealCodec;
};
template <>
struct DefaultCodec<Uuid> {
  using Type = UuidCodec;
};
template <>
struct DefaultCodec<TimePoint> {
  using Type = TimeCodec;
};
template <>
struct DefaultCodec<std::chrono::seconds> {
  using Type = SecondsCodec;
};
template <std::integral I>
struct DefaultCodec<I> {
  using Type = IntegerCodec<I>;
};
template <class M>
struct DefaultCodec<std::optional<M>> {
  using Type = OptionalCodec<typename DefaultCodec<M>::Type>;
};
template <class M>
struct DefaultCodec<std::vector<M>> {
  using Type = VectorCodec<typename DefaultCodec<M>::Type>;
};
template <class M>
struct DefaultCodec<std::map<std::string, M>> {
  using Type = MapCodec<typename DefaultCodec<M>::Type>;
};

/// Puts `inner`, the codec of the innermost type, into what surrounds it in M (optional, vector, map).
template <class M, class C>
struct WrappedCodec {
  using Type = C;
  static Type make(C inner) { return inner; }
};
template <class M, class C>
struct WrappedCodec<std::optional<M>, C> {
  using Type = OptionalCodec<typename WrappedCodec<M, C>::Type>;
  static Type make(C inner) { return Type{WrappedCodec<M, C>::make(std::move(inner))}; }
};
template <class M, class C>
struct WrappedCodec<std::vector<M>, C> {
  using Type = VectorCodec<typename WrappedCodec<M, C>::Type>;
  static Type make(C inner) { return Type{WrappedCodec<M, C>::make(std::move(inner))}; }
};
template <class M, class C>
struct WrappedCodec<std::map<std::string, M>, C> {
  using Type = MapCodec<typename WrappedCodec<M, C>::Type>;
  static Type make(C inner) { return Type{WrappedCodec<M, C>::make(std::move(inner))}; }
};

}  // namespace ks
