#include "core/payment/money.hpp"

#include <algorithm>

#include "core/invariant.hpp"

namespace ks {
namespace {

constexpr std::size_t kMostWholeDigits = 16;
constexpr std::size_t kDecimals = 2;
constexpr std::int64_t kMinorOfUnit = 100;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool allDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), isDigit); }

void ensureAmount(const Money& money) {
  ensure(money.minor >= 0 && money.minor <= kMostMinor, "an amount is 0 to 9999999999999999.99");
  ensure(money.currency == Currency::idr, "an amount has a known currency");
}

void ensureComparable(const Money& a, const Money& b) {
  ensureAmount(a);
  ensureAmount(b);
  ensure(a.currency == b.currency, "amounts of different currencies do not mix");
}

/// UTF-8 of U+FF10 to U+FF19 somewhere in the text.
bool hasFullWidthDigit(std::string_view text) {
  for (auto at = text.find("\xEF\xBC"); at != std::string_view::npos; at = text.find("\xEF\xBC", at + 1)) {
    if (at + 2 < text.size()) {
      const auto last = static_cast<unsigned char>(text[at + 2]);
      if (last >= 0x90 && last <= 0x99) {
        return true;
      }
    }
  }
  return false;
}

/// Why the text, which is not empty, is no amount.
Fault amountFault(std::string_view text) {
  const auto wrong = [](const char* message) { return fieldFault(ErrorCode::invalidFormat, {}, message); };
  if (hasFullWidthDigit(text)) {
    return wrong("must have ASCII digits, not full-width ones");
  }
  if (text.front() == '+' || text.front() == '-') {
    return wrong("must not have a sign");
  }
  if (isDigit(text.front()) && text.find_first_of("eE") != std::string_view::npos) {
    return wrong("must not have an exponent");
  }
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto decimals = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (!allDigits(whole) || !allDigits(decimals)) {
    return wrong("must have only digits and one decimal point");
  }
  if (whole.empty()) {
    return wrong("must have a digit before the decimal point");
  }
  if (decimals.size() != kDecimals) {
    return wrong("must have exactly two decimal places");
  }
  return fieldFault(ErrorCode::outOfRange, {}, "must have at most 16 digits before the decimal point");
}

}  // namespace

std::string_view currencyCode(Currency currency) noexcept {
  switch (currency) {
    case Currency::idr:
      return "IDR";
  }
  return {};
}

Result<Currency> parseCurrency(std::string_view code) {
  if (code.empty()) {
    return fieldFault(ErrorCode::required, {}, "the currency is missing");
  }
  if (code != currencyCode(Currency::idr)) {
    return fieldFault(ErrorCode::invalidFormat, {}, "the currency must be IDR");
  }
  return Currency::idr;
}

Result<Money> parseMoney(std::string_view value, Currency currency) {
  if (value.empty()) {
    return fieldFault(ErrorCode::required, {}, "the amount is missing");
  }
  const auto point = value.find('.');
  const auto whole = value.substr(0, point);
  if (point == std::string_view::npos || whole.empty() || whole.size() > kMostWholeDigits ||
      value.size() - point - 1 != kDecimals || !allDigits(whole) || !allDigits(value.substr(point + 1))) {
    return amountFault(value);
  }
  std::int64_t minor = 0;
  for (const char c : value) {
    if (c != '.') {
      const bool overflow = __builtin_mul_overflow(minor, std::int64_t{10}, &minor) ||
                            __builtin_add_overflow(minor, std::int64_t{c - '0'}, &minor);
      ensure(!overflow, "18 digits fit into 64 bits");
    }
  }
  return Money{minor, currency};
}

Result<Money> parseMoney(std::string_view value, std::string_view currency) {
  auto known = parseCurrency(currency);
  if (!known) {
    return std::move(known.fault());
  }
  return parseMoney(value, known.value());
}

std::string formatMoney(const Money& money) {
  ensureAmount(money);
  const auto cents = money.minor % kMinorOfUnit;
  std::string text = std::to_string(money.minor / kMinorOfUnit);
  text.push_back('.');
  text.push_back(static_cast<char>('0' + cents / 10));
  text.push_back(static_cast<char>('0' + cents % 10));
  return text;
}

Money addMoney(const Money& a, const Money& b) {
  ensureComparable(a, b);
  ensure(b.minor <= kMostMinor - a.minor, "a sum of amounts is at most 9999999999999999.99");
  return {a.minor + b.minor, a.currency};
}

Money subtractMoney(const Money& a, const Money& b) {
  ensureComparable(a, b);
  ensure(b.minor <= a.minor, "no more is subtracted than there is");
  return {a.minor - b.minor, a.currency};
}

std::strong_ordering compareMoney(const Money& a, const Money& b) {
  ensureComparable(a, b);
  return a.minor <=> b.minor;
}

bool isWholeRupiah(const Money& money) {
  ensureAmount(money);
  return money.minor % kMinorOfUnit == 0;
}

}  // namespace ks
