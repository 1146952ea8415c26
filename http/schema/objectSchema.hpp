#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "http/schema/csvWriter.hpp"
#include "http/schema/valueCodecs.hpp"

namespace ks {

/// One decoded `name=value` of a query or a path.
using TextPairs = std::vector<std::pair<std::string, std::string>>;

namespace detail {

template <class T>
class FieldInterface {
 public:
  virtual ~FieldInterface() = default;
  virtual void parse(JsonValue& in, const std::string& path, T& out, FaultList& faults) const = 0;
  [[nodiscard]] virtual JsonValue fromText(std::string text) const = 0;
  /// Appends `"name":value`, or nothing when the value is left out.
  virtual void write(std::string& out, const T& object) const = 0;
  /// Appends the value as a CSV cell; empty when there is none.
  virtual void writeCsv(std::string& out, const T& object) const = 0;
  [[nodiscard]] virtual FieldDescription describe() const = 0;
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual bool required() const = 0;
};

template <class C>
inline constexpr bool isOptionalCodec = false;
template <class C>
inline constexpr bool isOptionalCodec<OptionalCodec<C>> = true;

template <class C>
void appendCsvCell(std::string& out, const C& codec, const typename C::Value& value) {
  if constexpr (isOptionalCodec<C>) {
    if (value) {
      appendCsvCell(out, codec.inner, *value);
    }
  } else if constexpr (std::is_same_v<C, TextCodec>) {
    appendCsvText(out, value);
  } else {
    std::string json;
    codec.write(json, value);
    appendCsvJson(out, json);
  }
}

/// `Get` is a member, or a function of the object for what is only written.
template <class T, class C, class Get>
class Field final : public FieldInterface<T> {
 public:
  Field(std::string name, Get get, C codec, FieldRules rules)
      : name_(std::move(name)), get_(std::move(get)), codec_(std::move(codec)), rules_(std::move(rules)) {
    appendJsonText(prefix_, name_);
    prefix_ += ':';
  }
  void parse(JsonValue& in, const std::string& path, T& out, FaultList& faults) const override {
    if constexpr (std::is_member_object_pointer_v<Get>) {
      codec_.parse(in, rules_, path, out.*get_, faults);
    } else {
      faults.add(path, ErrorCode::unknownField);
    }
  }
  JsonValue fromText(std::string text) const override {
    if constexpr (requires { C::fromText(std::string{}); }) {
      return C::fromText(std::move(text));
    } else {
      return JsonValue::ofText(std::move(text));
    }
  }
  void write(std::string& out, const T& object) const override {
    const auto& value = std::invoke(get_, object);
    bool absent = false;
    if constexpr (isOptionalCodec<C>) {
      absent = !value.has_value();
    }
    if constexpr (requires { value.empty(); }) {
      absent = absent || (rules_.emptyIsAbsent && value.empty());
    }
    if (absent && !rules_.nullWhenAbsent) {
      return;
    }
    if (out.back() != '{') {
      out += ',';
    }
    out += prefix_;
    if (absent) {
      out += "null";
    } else {
      codec_.write(out, value);
    }
  }
  void writeCsv(std::string& out, const T& object) const override {
    appendCsvCell(out, codec_, std::invoke(get_, object));
  }
  FieldDescription describe() const override {
    FieldDescription result;
    result.name = name_;
    result.required = required() || rules_.nullWhenAbsent;
    codec_.describe(result.node, rules_);
    result.node.nullable = result.node.nullable || rules_.nullWhenAbsent;
    result.node.isBounded = rules_.isBounded;
    result.node.description = rules_.description;
    result.node.exampleJson = rules_.exampleJson;
    return result;
  }
  const std::string& name() const override { return name_; }
  bool required() const override {
    return !isOptionalCodec<C> && !rules_.isOptional && (!rules_.emptyIsAbsent || rules_.nullWhenAbsent);
  }

 private:
  std::string name_;
  std::string prefix_;
  Get get_;
  C codec_;
  FieldRules rules_;
};

}  // namespace detail

/// Describes an input or an output once, as data: it parses and validates, renders, and documents. Build it
/// in schemaFor() and never change it afterwards; then it is thread-safe.
template <class T>
class ObjectSchema final : public ObjectSchemaInterface {
 public:
  explicit ObjectSchema(std::string name, std::string description = {})
      : name_(std::move(name)), description_(std::move(description)) {}

  /// A member: text, SecretText, numbers, bool, Uuid, TimePoint, an enum (namesFor), an object (schemaFor);
  /// optionals, vectors and maps (std::map<std::string, …>) of them.
  template <class M, class B>
  ObjectSchema& field(std::string name, M B::*member, FieldRules rules = {}) {
    return put(std::move(name), member, typename DefaultCodec<M>::Type{}, std::move(rules));
  }
  /// An enum (or optional, vector or map of one) that has other names here.
  template <class M, class B, class E>
  ObjectSchema& field(std::string name, M B::*member, const EnumNames<E>& names, FieldRules rules = {}) {
    return put(std::move(name), member, WrappedCodec<M, EnumCodec<E>>::make(EnumCodec<E>(names)),
               std::move(rules));
  }
  /// What is only written, made from the object.
  template <class Make>
  requires std::invocable<const Make&, const T&> ObjectSchema& computed(std::string name, Make make,
                                                                        FieldRules rules = {}) {
    using Value = std::remove_cvref_t<std::invoke_result_t<const Make&, const T&>>;
    return put(std::move(name), std::move(make), typename DefaultCodec<Value>::Type{}, std::move(rules));
  }

  /// Reads a request body. The fault names every field that is wrong.
  [[nodiscard]] Result<T> parse(std::string_view json, const JsonLimits& limits = {}) const {
    auto read = readJson(json, limits);
    if (!read) {
      return std::move(read.fault());
    }
    T object{};
    FaultList faults;
    parseInto(read.value(), {}, object, faults);
    if (!faults.empty()) {
      return std::move(faults).toFault();
    }
    return object;
  }

  /// Reads query or path parameters; the same rules, an unknown or repeated name is a fault.
  // The texts are moved out of `pairs`, which the check does not see through the structured binding.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  [[nodiscard]] Result<T> parsePairs(TextPairs pairs) const {
    JsonValue value;
    value.kind = JsonValue::Kind::object;
    FaultList faults;
    for (auto& [name, text] : pairs) {
      bool repeated = false;
      for (const auto& member : value.members) {
        repeated = repeated || member.name == name;
      }
      if (repeated) {
        faults.add(name, ErrorCode::invalidFormat, "appears more than once");
        continue;
      }
      const auto* field = find(name);
      value.members.push_back({name, field != nullptr ? field->fromText(std::move(text)) : JsonValue{}});
    }
    T object{};
    parseInto(value, {}, object, faults);
    if (!faults.empty()) {
      return std::move(faults).toFault();
    }
    return object;
  }

  bool parseInto(JsonValue& in, const std::string& path, T& out, FaultList& faults) const {
    if (in.kind != JsonValue::Kind::object) {
      detail::wrongType(path, "an object", faults);
      return false;
    }
    const std::string prefix = path.empty() ? path : path + ".";
    std::vector<bool> seen(fields_.size(), false);
    for (auto& [key, value] : in.members) {
      const auto index = indexOf(key);
      if (index == fields_.size()) {
        faults.add(prefix + key, ErrorCode::unknownField);
        continue;
      }
      seen[index] = true;
      fields_[index]->parse(value, prefix + key, out, faults);
    }
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!seen[i] && fields_[i]->required()) {
        faults.add(prefix + fields_[i]->name(), ErrorCode::required);
      }
    }
    return true;
  }

  /// Appends the object's JSON.
  void write(std::string& out, const T& object) const {
    out += '{';
    for (const auto& field : fields_) {
      field->write(out, object);
    }
    out += '}';
  }
  [[nodiscard]] std::string render(const T& object) const {
    std::string out;
    out.reserve(256);
    write(out, object);
    return out;
  }

  /// RFC 4180: the names of the fields, then a line an object.
  void writeCsvHeader(std::string& out) const {
    for (const auto& field : fields_) {
      out += &field == &fields_.front() ? "" : ",";
      out += field->name();
    }
    out += "\r\n";
  }
  void writeCsvRow(std::string& out, const T& object) const {
    for (const auto& field : fields_) {
      out += &field == &fields_.front() ? "" : ",";
      field->writeCsv(out, object);
    }
    out += "\r\n";
  }

  const std::string& name() const override { return name_; }
  const std::string& description() const override { return description_; }
  std::vector<FieldDescription> fields() const override {
    std::vector<FieldDescription> result;
    result.reserve(fields_.size());
    for (const auto& field : fields_) {
      result.push_back(field->describe());
    }
    return result;
  }

 private:
  template <class Get, class C>
  ObjectSchema& put(std::string name, Get get, C codec, FieldRules rules) {
    fields_.push_back(std::make_shared<const detail::Field<T, C, Get>>(std::move(name), std::move(get),
                                                                       std::move(codec), std::move(rules)));
    return *this;
  }
  [[nodiscard]] std::size_t indexOf(std::string_view name) const {
    std::size_t i = 0;
    while (i < fields_.size() && fields_[i]->name() != name) {
      ++i;
    }
    return i;
  }
  [[nodiscard]] const detail::FieldInterface<T>* find(std::string_view name) const {
    const auto index = indexOf(name);
    return index == fields_.size() ? nullptr : fields_[index].get();
  }

  std::string name_;
  std::string description_;
  std::vector<std::shared_ptr<const detail::FieldInterface<T>>> fields_;
};

/// The schema of T, made once by `ObjectSchema<T> schemaFor(Of<T>)`, which stands where T is described.
template <class T>
const ObjectSchema<T>& schemaOf() {
  static const ObjectSchema<T> schema = schemaFor(Of<T>{});
  return schema;
}

template <class N>
struct ObjectCodec {
  using Value = N;
  static bool parse(JsonValue& in, const FieldRules& /*rules*/, const std::string& path, Value& out,
                    FaultList& faults) {
    return schemaOf<N>().parseInto(in, path, out, faults);
  }
  static void write(std::string& out, const Value& value) { schemaOf<N>().write(out, value); }
  static void describe(SchemaNode& node, const FieldRules& /*rules*/) { node.object = &schemaOf<N>(); }
};

}  // namespace ks
