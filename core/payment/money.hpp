#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace ks {

/// Currencies that payments accept. Values are stored: append only.
enum class Currency : std::uint8_t {
  idr,  ///< Indonesian rupiah, two decimal places
};

/// ISO 4217 code: `IDR`.
[[nodiscard]] std::string_view currencyCode(Currency currency) noexcept;
/// Upper-case ISO 4217 code. Faults: `required` if empty, else `invalidFormat`.
[[nodiscard]] Result<Currency> parseCurrency(std::string_view code);

/// An amount of one currency, never negative: a ledger says by its side (debit, credit) what is owed.
struct Money {
  std::int64_t minor = 0;  ///< hundredths, 0 to kMostMinor
  Currency currency = Currency::idr;

  friend bool operator==(const Money&, const Money&) = default;
};

/// 9999999999999999.99, the largest amount of SNAP's format (16 digits and 2).
constexpr std::int64_t kMostMinor = 999'999'999'999'999'999;

/// Reads SNAP's `value`: `^[0-9]{1,16}\.[0-9]{2}$`, ASCII digits only. Leading zeros are allowed, as the format
/// allows them, and count as digits. Faults, whose message says what is wrong: `required` if empty,
/// `outOfRange` with more than 16 digits before the point, else `invalidFormat`.
[[nodiscard]] Result<Money> parseMoney(std::string_view value, Currency currency);
/// The same with the currency as text, which is checked first.
[[nodiscard]] Result<Money> parseMoney(std::string_view value, std::string_view currency);

/// The `value` that parseMoney reads, without leading zeros: `10000.00`. Ensures the range of `minor`.
[[nodiscard]] std::string formatMoney(const Money& money);

/// Sum. Ensures that both have one currency and that the sum is at most kMostMinor.
[[nodiscard]] Money addMoney(const Money& a, const Money& b);
/// Difference. Ensures that both have one currency and that `b` is not more than `a`.
[[nodiscard]] Money subtractMoney(const Money& a, const Money& b);
/// Which is more. Ensures that both have one currency.
[[nodiscard]] std::strong_ordering compareMoney(const Money& a, const Money& b);

/// Has no hundredths; virtual accounts and QR codes accept nothing else. Ensures that the currency is IDR.
[[nodiscard]] bool isWholeRupiah(const Money& money);

}  // namespace ks
