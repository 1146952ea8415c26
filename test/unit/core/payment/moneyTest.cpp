#include "core/payment/money.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/invariant.hpp"
#include "test/unit/core/testSources.hpp"

using namespace ks;

namespace {

Money rupiah(std::int64_t minor) { return {minor, Currency::idr}; }

struct Lenient {
  Lenient() { abortOnBrokenInvariant(false); }
  ~Lenient() { abortOnBrokenInvariant(true); }
};

void checkRefused(const std::string& text, ErrorCode code, const std::string& message) {
  CAPTURE(text);
  const auto read = parseMoney(text, Currency::idr);
  REQUIRE_FALSE(read.ok());
  CHECK(read.fault().code == code);
  CHECK(read.fault().message.find(message) != std::string::npos);
}

}  // namespace

TEST_CASE("money: known amounts", "[core][payment]") {
  const std::pair<const char*, std::int64_t> known[] = {{"0.00", 0},
                                                        {"0.01", 1},
                                                        {"0.10", 10},
                                                        {"1.00", 100},
                                                        {"10000.00", 1'000'000},
                                                        {"12345678.00", 1'234'567'800},
                                                        {"9999999999999999.99", kMostMinor}};
  for (const auto& [text, minor] : known) {
    CAPTURE(text);
    const auto read = parseMoney(text, "IDR");
    REQUIRE(read.ok());
    CHECK(read.value() == rupiah(minor));
    CHECK(formatMoney(rupiah(minor)) == text);
  }
}

TEST_CASE("money: what is written is read", "[core][payment]") {
  const auto same = [](std::int64_t minor) {
    const auto text = formatMoney(rupiah(minor));
    const auto read = parseMoney(text, Currency::idr);
    return read.ok() && read.value().minor == minor && text.size() >= 4 && text[text.size() - 3] == '.' &&
           (text.size() == 4 || text.front() != '0');
  };
  std::vector<std::int64_t> limits = {0, 1, kMostMinor, kMostMinor - 1};
  for (std::int64_t power = 10; power <= kMostMinor / 10; power *= 10) {
    limits.insert(limits.end(), {power - 1, power, power + 1});
  }
  for (const auto minor : limits) {
    CAPTURE(minor);
    CHECK(same(minor));
  }
  CountingRandom random;
  for (int i = 0; i < 10'000; ++i) {
    // Amounts of every length are equally frequent.
    std::uint64_t below = 10;
    for (auto digits = random.next() % 18; digits > 0; --digits) {
      below *= 10;
    }
    const auto minor = static_cast<std::int64_t>(random.next() % below);
    CAPTURE(minor);
    REQUIRE(same(minor));
  }
}

TEST_CASE("money: leading zeros count as digits and are not written", "[core][payment]") {
  CHECK(parseMoney("0000000000000001.00", Currency::idr).value() == rupiah(100));
  CHECK(parseMoney("00.05", Currency::idr).value() == rupiah(5));
  checkRefused("00000000000000001.00", ErrorCode::outOfRange, "16 digits");
}

TEST_CASE("money: each refused form says what is wrong", "[core][payment]") {
  checkRefused("", ErrorCode::required, "missing");
  for (const char* text : {"1", "100", "1.", "1.0", "1.000", "1.5", "10000", "12345678901234567"}) {
    checkRefused(text, ErrorCode::invalidFormat, "two decimal places");
  }
  for (const char* text : {"-1.00", "+1.00", "-0.00", "-", "+"}) {
    checkRefused(text, ErrorCode::invalidFormat, "sign");
  }
  for (const char* text : {"1e5", "1E5", "1.00e2", "1.0E+2", "1e-2"}) {
    checkRefused(text, ErrorCode::invalidFormat, "exponent");
  }
  // U+FF11 U+FF0E U+FF10: full-width one, point, zero.
  for (const char* text : {"\xEF\xBC\x91.00", "1.0\xEF\xBC\x90", "\xEF\xBC\x91\xEF\xBC\x8E\xEF\xBC\x90",
                           "1\xEF\xBC\x8E\xEF\xBC\x90"}) {
    checkRefused(text, ErrorCode::invalidFormat, "full-width");
  }
  for (const char* text :
       {"10000000000000000.00", "99999999999999999999.99", "123456789012345678901234567890.00"}) {
    checkRefused(text, ErrorCode::outOfRange, "16 digits");
  }
  for (const char* text : {".00", ".50", "."}) {
    checkRefused(text, ErrorCode::invalidFormat, "before the decimal point");
  }
  // Arabic-Indic and Devanagari one, a full-width point, separators, spaces, names of numbers.
  for (const char* text : {"\xD9\xA1.00",
                           "\xE0\xA5\xA7.00",
                           "1\xEF\xBC\x8E.00",
                           "\xEF\xBC",
                           "1,000.00",
                           "1.000,00",
                           "1,00",
                           "1_000.00",
                           "1'000.00",
                           " 1.00",
                           "1.00 ",
                           "1.00\n",
                           "\t1.00",
                           "1. 0",
                           "1.00.00",
                           "1..0",
                           "Rp1.00",
                           "IDR 1.00",
                           "nan",
                           "inf",
                           "0x1.00",
                           "1.0a",
                           "\"1.00\"",
                           "1.00-",
                           "e",
                           "1.0+"}) {
    checkRefused(text, ErrorCode::invalidFormat, "");
  }
  checkRefused(std::string("1.00\0", 5), ErrorCode::invalidFormat, "only digits");
  checkRefused(std::string("\0", 1), ErrorCode::invalidFormat, "only digits");
}

TEST_CASE("money: exactly SNAP's pattern is accepted", "[core][payment]") {
  const auto matches = [](const std::string& text) {
    const auto point = text.find('.');
    return point != std::string::npos && point >= 1 && point <= 16 && text.size() == point + 3 &&
           text.find_first_not_of("0123456789") == point &&
           text.find_first_not_of("0123456789", point + 1) == std::string::npos;
  };
  CountingRandom random;
  constexpr std::string_view kAlphabet = "0123456789012345678901234567890123456789....-+eE, ";
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text(random.next() % 21, '0');
    for (auto& c : text) {
      c = kAlphabet[random.next() % kAlphabet.size()];
    }
    if (text.size() > 3 && random.next() % 2 == 0) {
      text[text.size() - 3] = '.';
    }
    CAPTURE(text);
    const bool taken = parseMoney(text, Currency::idr).ok();
    REQUIRE(taken == matches(text));
    accepted += taken ? 1 : 0;
  }
  CHECK(accepted > 500);
}

TEST_CASE("money: the currency is checked", "[core][payment]") {
  CHECK(currencyCode(Currency::idr) == "IDR");
  CHECK(parseCurrency("IDR").value() == Currency::idr);
  for (const char* code : {"idr", "Idr", "USD", "IDR ", "360", "ID", "IDRX"}) {
    CAPTURE(code);
    const auto read = parseMoney("1.00", code);
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().code == ErrorCode::invalidFormat);
    CHECK(read.fault().message.find("currency") != std::string::npos);
  }
  CHECK(parseMoney("1.00", "").fault().code == ErrorCode::required);
}

TEST_CASE("money: sums and differences", "[core][payment]") {
  CHECK(addMoney(rupiah(1), rupiah(2)) == rupiah(3));
  CHECK(addMoney(rupiah(kMostMinor), rupiah(0)) == rupiah(kMostMinor));
  CHECK(subtractMoney(rupiah(3), rupiah(3)) == rupiah(0));
  CHECK(compareMoney(rupiah(1), rupiah(2)) == std::strong_ordering::less);
  CountingRandom random;
  for (int i = 0; i < 1000; ++i) {
    const auto a = static_cast<std::int64_t>(random.next() % (kMostMinor / 2));
    const auto b = static_cast<std::int64_t>(random.next() % (kMostMinor / 2));
    REQUIRE(subtractMoney(addMoney(rupiah(a), rupiah(b)), rupiah(b)) == rupiah(a));
  }
  const Lenient lenient;
  CHECK_THROWS_AS(addMoney(rupiah(kMostMinor), rupiah(1)), InvariantBroken);
  CHECK_THROWS_AS(addMoney(rupiah(1), rupiah(kMostMinor)), InvariantBroken);
  CHECK_THROWS_AS(subtractMoney(rupiah(1), rupiah(2)), InvariantBroken);
}

TEST_CASE("money: no operation takes an amount out of range", "[core][payment]") {
  const Lenient lenient;
  for (const auto minor : {std::int64_t{-1}, kMostMinor + 1, std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::int64_t>::max()}) {
    CAPTURE(minor);
    CHECK_THROWS_AS(formatMoney(rupiah(minor)), InvariantBroken);
    CHECK_THROWS_AS(addMoney(rupiah(minor), rupiah(0)), InvariantBroken);
    CHECK_THROWS_AS(subtractMoney(rupiah(kMostMinor), rupiah(minor)), InvariantBroken);
    CHECK_THROWS_AS(compareMoney(rupiah(0), rupiah(minor)), InvariantBroken);
    CHECK_THROWS_AS(isWholeRupiah(rupiah(minor)), InvariantBroken);
  }
  const Money unknown{1, static_cast<Currency>(7)};
  CHECK_THROWS_AS(formatMoney(unknown), InvariantBroken);
  CHECK_THROWS_AS(addMoney(rupiah(1), unknown), InvariantBroken);
}

TEST_CASE("money: whole rupiah", "[core][payment]") {
  CHECK(isWholeRupiah(rupiah(0)));
  CHECK(isWholeRupiah(rupiah(100)));
  CHECK(isWholeRupiah(rupiah(1'000'000)));
  CHECK_FALSE(isWholeRupiah(rupiah(1)));
  CHECK_FALSE(isWholeRupiah(rupiah(10'050)));
  CHECK_FALSE(isWholeRupiah(rupiah(kMostMinor)));
}
