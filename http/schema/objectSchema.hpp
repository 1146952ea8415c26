#pragma once
#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "http/schema/objectFields.hpp"

namespace ks {

/// Describes an input or an output once, as data: it parses and validates, renders, and documents. Build it
/// in schemaFor() and never change it afterwards; then it is thread-safe.
template <class T>
class ObjectSchema final : public ObjectFields {
 public:
  explicit ObjectSchema(std::string name, std::string description = {})
      : ObjectFields(std::move(name), std::move(description)) {}

  /// A member: text, SecretText, numbers, bool, Uuid, TimePoint, an enum (namesFor), an object (schemaFor);
  /// optionals, vectors and maps (std::map<std::string, …>) of them.
  template <class M, class B>
  ObjectSchema& field(std::string name, M B::*member, FieldRules rules = {}) {
    return put(std::move(name), detail::memberAt<T>(member), typename DefaultCodec<M>::Type{},
               std::move(rules));
  }
  /// An enum (or optional, vector or map of one) that has other names here.
  template <class M, class B, class E>
  ObjectSchema& field(std::string name, M B::*member, const EnumNames<E>& names, FieldRules rules = {}) {
    return put(std::move(name), detail::memberAt<T>(member),
               WrappedCodec<M, EnumCodec<E>>::make(EnumCodec<E>(names)), std::move(rules));
  }
  /// A member that has a form of its own here, which the codec knows.
  template <class M, class B, class C>
  requires std::same_as<typename C::Value, M> ObjectSchema& field(std::string name, M B::*member, C codec,
                                                                  FieldRules rules = {}) {
    return put(std::move(name), detail::memberAt<T>(member), std::move(codec), std::move(rules));
  }
  /// What is only written, made from the object.
  template <class Make>
  requires std::invocable<const Make&, const T&> ObjectSchema& computed(std::string name, Make make,
                                                                        FieldRules rules = {}) {
    using Value = std::remove_cvref_t<std::invoke_result_t<const Make&, const T&>>;
    std::function<Value(const void*)> get = [make = std::move(make)](const void* object) -> Value {
      return make(*static_cast<const T*>(object));
    };
    return put(std::move(name), std::move(get), typename DefaultCodec<Value>::Type{}, std::move(rules));
  }

  /// Reads a request body. The fault names every field that is wrong.
  [[nodiscard]] Result<T> parse(std::string_view json, const JsonLimits& limits = {}) const {
    auto read = readJson(json, limits);
    return read ? parsed(read.value(), {}) : Result<T>{std::move(read.fault())};
  }
  /// Reads query or path parameters; the same rules, an unknown or repeated name is a fault.
  [[nodiscard]] Result<T> parsePairs(TextPairs pairs) const {
    FaultList faults;
    auto value = fromPairs(std::move(pairs), faults);
    return parsed(value, std::move(faults));
  }
  bool parseInto(JsonValue& in, const std::string& path, T& out, FaultList& faults) const {
    return parseFields(in, path, &out, faults);
  }

  /// Appends the object's JSON.
  void write(std::string& out, const T& object) const { writeFields(out, &object); }
  [[nodiscard]] std::string render(const T& object) const {
    std::string out;
    out.reserve(256);
    write(out, object);
    return out;
  }
  /// RFC 4180: a line.
  void writeCsvRow(std::string& out, const T& object) const { writeCsvFields(out, &object); }

 private:
  template <class Get, class C>
  ObjectSchema& put(std::string name, Get get, C codec, FieldRules rules) {
    ObjectFields::put(std::make_shared<const detail::ValueField<C, Get>>(std::move(name), std::move(get),
                                                                         std::move(codec), std::move(rules)));
    return *this;
  }
  [[nodiscard]] Result<T> parsed(JsonValue& value, FaultList faults) const {
    T object{};
    parseInto(value, {}, object, faults);
    if (!faults.empty()) {
      return std::move(faults).toFault();
    }
    return object;
  }
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
