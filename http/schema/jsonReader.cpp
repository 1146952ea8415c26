#include "http/schema/jsonReader.hpp"

#include <nlohmann/json.hpp>

namespace ks {
namespace {

/// Builds a JsonValue from the parser's events. The parser keeps its own stack on the heap, so depth costs no
/// C++ stack.
class JsonBuilder final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit JsonBuilder(const JsonLimits& limits) : limits_(limits) {}

  bool null() override { return put(JsonValue{}); }
  bool boolean(bool value) override { return put(JsonValue::ofBoolean(value)); }
  bool number_integer(number_integer_t value) override { return put(JsonValue::ofInteger(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr auto most = static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
    return put(value <= most ? JsonValue::ofInteger(static_cast<std::int64_t>(value))
                             : JsonValue::ofReal(static_cast<double>(value)));
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override {
    return put(JsonValue::ofReal(value));
  }
  bool string(string_t& value) override { return put(JsonValue::ofText(std::move(value))); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*elements*/) override { return open(JsonValue::Kind::object); }
  bool start_array(std::size_t /*elements*/) override { return open(JsonValue::Kind::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& value) override {
    for (const auto& member : stack_.back()->members) {
      if (member.name == value) {
        return stop("a key appears more than once in one object");
      }
    }
    if (stack_.back()->members.size() >= kMembers) {
      return stop("an object has too many members");
    }
    stack_.back()->members.push_back({std::move(value), JsonValue{}});
    return true;
  }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return stop("not well-formed at byte " + std::to_string(position));
  }

  [[nodiscard]] JsonValue& root() { return root_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  /// Looking for a repeated key is quadratic in the members; no input of ours has so many.
  static constexpr std::size_t kMembers = 256;

  bool stop(std::string why) {
    problem_ = std::move(why);
    return false;
  }
  JsonValue* place(JsonValue&& value) {
    if (++values_ > limits_.values) {
      stop("too many values");
      return nullptr;
    }
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    JsonValue& parent = *stack_.back();
    if (parent.kind == JsonValue::Kind::array) {
      return &parent.items.emplace_back(std::move(value));
    }
    return &(parent.members.back().value = std::move(value));
  }
  bool put(JsonValue&& value) { return place(std::move(value)) != nullptr; }
  bool open(JsonValue::Kind kind) {
    if (stack_.size() >= limits_.depth) {
      return stop("nested too deeply");
    }
    JsonValue value;
    value.kind = kind;
    // Parents do not grow while a child is open, so the pointers on the stack stay valid.
    JsonValue* placed = place(std::move(value));
    if (placed == nullptr) {
      return false;
    }
    stack_.push_back(placed);
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }

  const JsonLimits limits_;
  JsonValue root_;
  std::vector<JsonValue*> stack_;
  std::size_t values_ = 0;
  std::string problem_;
};

}  // namespace

JsonValue JsonValue::ofText(std::string value) {
  JsonValue result;
  result.kind = Kind::text;
  result.text = std::move(value);
  return result;
}
JsonValue JsonValue::ofInteger(std::int64_t value) {
  JsonValue result;
  result.kind = Kind::integer;
  result.integer = value;
  return result;
}
JsonValue JsonValue::ofReal(double value) {
  JsonValue result;
  result.kind = Kind::real;
  result.real = value;
  return result;
}
JsonValue JsonValue::ofBoolean(bool value) {
  JsonValue result;
  result.kind = Kind::boolean;
  result.boolean = value;
  return result;
}

Result<JsonValue> readJson(std::string_view text, const JsonLimits& limits) {
  JsonBuilder builder(limits);
  // The parser skips a byte order mark, and treats a NUL as the end of the text; both are refused here.
  const char* refusal = text.starts_with("\xEF\xBB\xBF")            ? "it starts with a byte order mark"
                        : text.find('\0') != std::string_view::npos ? "it contains a NUL byte"
                                                                    : nullptr;
  if (refusal != nullptr || !nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    Fault fault = makeFault(ErrorCode::malformedJson);
    fault.message =
        "The body is not valid JSON: " + (refusal != nullptr ? std::string(refusal) : builder.problem());
    return fault;
  }
  return std::move(builder.root());
}

}  // namespace ks
