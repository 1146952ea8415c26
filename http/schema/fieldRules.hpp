#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/errorCode.hpp"

namespace ks {

enum class TextFormat : std::uint8_t { plain, multiline, email };

/// What a field accepts and how it is documented. Chainable: `rules().length(3,
/// 254).format(TextFormat::email)`.
struct FieldRules {
  std::size_t minLength = 0;     ///< code points
  std::size_t maxLength = 1024;  ///< code points
  std::size_t minItems = 0;
  std::size_t maxItems = 1000;
  std::optional<double> minimum;
  std::optional<double> maximum;
  TextFormat textFormat = TextFormat::plain;
  bool isBounded = false;   ///< the lengths, or numbers of items, are the field's own
  bool isOptional = false;  ///< input: absent leaves the member's default
  bool nullWhenAbsent =
      false;  ///< output: an empty optional or empty text is written as null instead of left out
  bool emptyIsAbsent = false;  ///< output: empty text counts as absent
  bool (*accepts)(std::string_view) = nullptr;
  /// Input: what the member becomes; nothing is refused as by `accepts`.
  std::optional<std::string> (*folds)(std::string_view) = nullptr;
  ErrorCode refusal = ErrorCode::invalidFormat;
  std::string pattern;  ///< regular expression that says in the document what `accepts` or `folds` checks
  std::vector<std::string> allowed;
  std::string description;
  std::string exampleJson;  ///< a JSON text

  FieldRules length(std::size_t least, std::size_t most) && {
    minLength = least;
    maxLength = most;
    isBounded = true;
    return std::move(*this);
  }
  FieldRules range(double least, double most) && {
    minimum = least;
    maximum = most;
    return std::move(*this);
  }
  FieldRules items(std::size_t least, std::size_t most) && {
    minItems = least;
    maxItems = most;
    isBounded = true;
    return std::move(*this);
  }
  FieldRules format(TextFormat value) && {
    textFormat = value;
    return std::move(*this);
  }
  /// Input: may be left out although the member is not a std::optional.
  FieldRules optional() && {
    isOptional = true;
    return std::move(*this);
  }
  /// Output: write null when there is no value (empty std::optional, empty text).
  FieldRules orNull() && {
    nullWhenAbsent = true;
    emptyIsAbsent = true;
    return std::move(*this);
  }
  /// Output: leave the field out when the text is empty.
  FieldRules omitEmpty() && {
    emptyIsAbsent = true;
    return std::move(*this);
  }
  /// `check` must agree with `documentedPattern`; `code` is answered when it says no.
  FieldRules accept(bool (*check)(std::string_view), std::string documentedPattern,
                    ErrorCode code = ErrorCode::invalidFormat) && {
    accepts = check;
    pattern = std::move(documentedPattern);
    refusal = code;
    return std::move(*this);
  }
  /// The text has one form, which `form` gives; `code` is answered when it gives none.
  FieldRules fold(std::optional<std::string> (*form)(std::string_view), std::string documentedPattern,
                  ErrorCode code = ErrorCode::invalidFormat) && {
    folds = form;
    pattern = std::move(documentedPattern);
    refusal = code;
    return std::move(*this);
  }
  FieldRules oneOf(std::vector<std::string> values) && {
    allowed = std::move(values);
    return std::move(*this);
  }
  FieldRules describe(std::string text) && {
    description = std::move(text);
    return std::move(*this);
  }
  /// A JSON text: `"\"ann@example.org\""` or `7`.
  FieldRules example(std::string json) && {
    exampleJson = std::move(json);
    return std::move(*this);
  }
};

[[nodiscard]] inline FieldRules rules() { return {}; }

}  // namespace ks
