#pragma once
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

// The part of an object schema that does not know the type of the object: it is behind a void pointer, so that
// a field costs code by its codec alone.
namespace ks {

/// One decoded `name=value` of a query or a path.
using TextPairs = std::vector<std::pair<std::string, std::string>>;

namespace detail {

class Field {
 public:
  Field(std::string name, FieldRules rules, bool isOptional);
  virtual ~Field() = default;
  Field(const Field&) = delete;
  Field& operator=(const Field&) = delete;

  virtual void parse(JsonValue& in, const std::string& path, void* object, FaultList& faults) const = 0;
  [[nodiscard]] virtual JsonValue fromText(std::string text) const = 0;
  /// Appends the value as a CSV cell; empty when there is none.
  virtual void writeCsv(std::string& out, const void* object) const = 0;

  /// Appends `"name":value`, or nothing when the value is left out.
  void write(std::string& out, const void* object) const;
  [[nodiscard]] FieldDescription describe() const;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool required() const noexcept {
    return !isOptional_ && !rules_.isOptional && (!rules_.emptyIsAbsent || rules_.nullWhenAbsent);
  }

 protected:
  [[nodiscard]] const FieldRules& rules() const noexcept { return rules_; }

 private:
  /// Appends the value; nothing, and false, when it is absent.
  virtual bool writeValue(std::string& out, const void* object) const = 0;
  virtual void describeValue(SchemaNode& node) const = 0;

  std::string name_;
  std::string prefix_;
  FieldRules rules_;
  bool isOptional_;
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

template <class C>
bool isAbsent(const typename C::Value& value, const FieldRules& rules) {
  if constexpr (isOptionalCodec<C>) {
    return !value.has_value();
  } else if constexpr (requires { value.empty(); }) {
    return rules.emptyIsAbsent && value.empty();
  } else {
    return false;
  }
}

/// What member and computed fields share. `Get` gives the value of an object.
template <class C, class Get>
class ValueField : public Field {
 public:
  ValueField(std::string name, Get get, C codec, FieldRules rules)
      : Field(std::move(name), std::move(rules), isOptionalCodec<C>),
        get_(std::move(get)),
        codec_(std::move(codec)) {}
  void parse(JsonValue& in, const std::string& path, void* object, FaultList& faults) const override {
    if constexpr (requires { get_.of(object); }) {
      codec_.parse(in, rules(), path, get_.of(object), faults);
    } else {
      faults.add(path, ErrorCode::unknownField);
    }
  }
  [[nodiscard]] JsonValue fromText(std::string text) const override {
    if constexpr (requires { C::fromText(std::string{}); }) {
      return C::fromText(std::move(text));
    } else {
      return JsonValue::ofText(std::move(text));
    }
  }
  void writeCsv(std::string& out, const void* object) const override {
    appendCsvCell(out, codec_, get_(object));
  }

 private:
  bool writeValue(std::string& out, const void* object) const override {
    const auto& value = get_(object);
    if (isAbsent<C>(value, rules())) {
      return false;
    }
    codec_.write(out, value);
    return true;
  }
  void describeValue(SchemaNode& node) const override { codec_.describe(node, rules()); }

  Get get_;
  C codec_;
};

/// A member of an object, by its distance from the beginning.
template <class Value>
struct MemberAt {
  std::size_t offset = 0;
  [[nodiscard]] Value& of(void* object) const {
    return *reinterpret_cast<Value*>(static_cast<char*>(object) + offset);
  }
  const Value& operator()(const void* object) const {
    return *reinterpret_cast<const Value*>(static_cast<const char*>(object) + offset);
  }
};

template <class T, class M, class B>
MemberAt<M> memberAt(M B::*member) {
  alignas(T) static char place[sizeof(T)];  // no T is made: only where the member would be
  auto& at = reinterpret_cast<T*>(place)->*member;
  return {static_cast<std::size_t>(reinterpret_cast<char*>(&at) - place)};
}

}  // namespace detail

/// Fields of an object, in their order.
class ObjectFields : public ObjectSchemaInterface {
 public:
  const std::string& name() const override { return name_; }
  const std::string& description() const override { return description_; }
  std::vector<FieldDescription> fields() const override;

  /// RFC 4180: the names of the fields.
  void writeCsvHeader(std::string& out) const;

 protected:
  ObjectFields(std::string name, std::string description)
      : name_(std::move(name)), description_(std::move(description)) {}

  void put(std::shared_ptr<const detail::Field> field) { fields_.push_back(std::move(field)); }
  /// As an object of JSON; an unknown name stays, a repeated one is a fault.
  [[nodiscard]] JsonValue fromPairs(TextPairs pairs, FaultList& faults) const;
  bool parseFields(JsonValue& in, const std::string& path, void* object, FaultList& faults) const;
  void writeFields(std::string& out, const void* object) const;
  void writeCsvFields(std::string& out, const void* object) const;

 private:
  [[nodiscard]] std::size_t indexOf(std::string_view name) const;

  std::string name_;
  std::string description_;
  std::vector<std::shared_ptr<const detail::Field>> fields_;
};

}  // namespace ks
