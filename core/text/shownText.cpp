#include "core/text/shownText.hpp"

#include <unicode/uset.h>
#include <unicode/uspoof.h>
#include <utf8proc.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include "core/text/utf8.hpp"

namespace ks {
namespace {

constexpr utf8proc_int32_t kNonJoiner = 0x200c;
constexpr utf8proc_int32_t kJoiner = 0x200d;
constexpr utf8proc_int32_t kEmojiStyle = 0xfe0f;

std::vector<utf8proc_int32_t> codePoints(std::string_view text) {
  std::vector<utf8proc_int32_t> points;
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t point = 0;
    const auto length = utf8proc_iterate(at, left, &point);
    if (length <= 0) {
      return {};
    }
    points.push_back(point);
    at += length;
    left -= length;
  }
  return points;
}

std::string textOf(const utf8proc_int32_t* begin, const utf8proc_int32_t* end) {
  std::string text;
  for (; begin != end; ++begin) {
    utf8proc_uint8_t bytes[4];
    const auto length = utf8proc_encode_char(*begin, bytes);
    text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  }
  return text;
}

bool isSpace(utf8proc_int32_t point) {
  return utf8proc_category(point) == UTF8PROC_CATEGORY_ZS || (point >= 0x09 && point <= 0x0d) ||
         point == 0x85 || point == 0x2028 || point == 0x2029;
}

/// Controls, formats (joiners and direction marks among them), separators of lines, surrogates, private and
/// unassigned ones; and letters that show nothing (fillers, variation selectors).
bool showsNothing(utf8proc_int32_t point) {
  switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
      return true;
    default:
      return utf8proc_get_property(point)->ignorable != 0 || point == 0x2800;
  }
}

bool isOtherLetterOrMark(utf8proc_int32_t point) {
  const auto category = utf8proc_category(point);
  return category == UTF8PROC_CATEGORY_LO || category == UTF8PROC_CATEGORY_MN ||
         category == UTF8PROC_CATEGORY_MC;
}

bool isSymbol(utf8proc_int32_t point) {
  const auto category = utf8proc_category(point);
  return category == UTF8PROC_CATEGORY_SO || category == UTF8PROC_CATEGORY_SK || point == kEmojiStyle;
}

/// `points[i]` shows nothing itself, but changes how its neighbours are written.
bool joins(const std::vector<utf8proc_int32_t>& points, std::size_t i) {
  const auto point = points[i];
  if (i == 0 || (point != kNonJoiner && point != kJoiner && point != kEmojiStyle)) {
    return false;
  }
  if (point == kEmojiStyle) {
    return utf8proc_category(points[i - 1]) == UTF8PROC_CATEGORY_SO;
  }
  if (i + 1 == points.size()) {
    return false;
  }
  return (isOtherLetterOrMark(points[i - 1]) && isOtherLetterOrMark(points[i + 1])) ||
         (point == kJoiner && isSymbol(points[i - 1]) && isSymbol(points[i + 1]));
}

struct SpoofClose {
  void operator()(USpoofChecker* checker) const { uspoof_close(checker); }
};
using SpoofChecker = std::unique_ptr<USpoofChecker, SpoofClose>;
struct SetClose {
  void operator()(USet* set) const { uset_close(set); }
};

SpoofChecker makeSpoofChecker() {
  UErrorCode status = U_ZERO_ERROR;
  SpoofChecker checker{uspoof_open(&status)};
  // Identifier characters; of ASCII all that can be seen, of general punctuation (joiners, look-alikes of -
  // and ') nothing.
  const std::unique_ptr<USet, SetClose> allowed{uset_cloneAsThawed(uspoof_getRecommendedSet(&status))};
  uset_addAll(allowed.get(), uspoof_getInclusionSet(&status));
  uset_addRange(allowed.get(), 0x21, 0x7e);
  uset_removeRange(allowed.get(), 0x2000, 0x206f);
  uspoof_setRestrictionLevel(checker.get(), USPOOF_HIGHLY_RESTRICTIVE);
  uspoof_setAllowedChars(checker.get(), allowed.get(), &status);
  uspoof_setChecks(checker.get(),
                   USPOOF_RESTRICTION_LEVEL | USPOOF_INVISIBLE | USPOOF_MIXED_NUMBERS | USPOOF_CHAR_LIMIT,
                   &status);
  if (U_FAILURE(status)) {
    throw std::runtime_error(std::string{"ICU's spoof checker cannot be used: "} + u_errorName(status));
  }
  return checker;
}

}  // namespace

std::optional<std::string> normalizeShownText(std::string_view text) {
  const auto composed = normalizeNfc(text);
  if (!composed) {
    return std::nullopt;
  }
  auto points = codePoints(*composed);
  while (!points.empty() && isSpace(points.back())) {
    points.pop_back();
  }
  std::size_t begin = 0;
  while (begin < points.size() && isSpace(points[begin])) {
    ++begin;
  }
  for (std::size_t i = begin; i < points.size(); ++i) {
    if (showsNothing(points[i]) && !joins(points, i)) {
      return std::nullopt;
    }
  }
  if (begin == points.size()) {
    return std::nullopt;
  }
  return textOf(points.data() + begin, points.data() + points.size());
}

bool isVisible(std::string_view text) {
  const auto points = codePoints(text);
  return std::none_of(points.begin(), points.end(),
                      [](utf8proc_int32_t point) { return isSpace(point) || showsNothing(point); });
}

bool isLettersAndDigits(std::string_view text) {
  for (const auto point : codePoints(text)) {
    const auto category = utf8proc_category(point);
    const bool letter = category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_MC;
    if (!letter && category != UTF8PROC_CATEGORY_ND && point != '.' && point != '_' && point != '-') {
      return false;
    }
  }
  return true;
}

bool isUnambiguous(std::string_view text) {
  static const auto checker = makeSpoofChecker();
  UErrorCode status = U_ZERO_ERROR;
  const auto problems =
      uspoof_check2UTF8(checker.get(), text.data(), static_cast<std::int32_t>(text.size()), nullptr, &status);
  return U_SUCCESS(status) && problems == 0;
}

}  // namespace ks
