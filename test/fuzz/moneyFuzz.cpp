// Amounts as partners send them: exactly the pattern is accepted, what is accepted is written again, and every
// refusal says why.
#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/payment/jakartaTime.hpp"
#include "core/payment/money.hpp"

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

bool matches(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  const auto point = text.find('.');
  return point != std::string_view::npos && point >= 1 && point <= 16 && text.size() == point + 3 &&
         text.find_first_not_of(kDigits) == point &&
         text.find_first_not_of(kDigits, point + 1) == std::string_view::npos;
}

void checkMoney(std::string_view text) {
  const auto read = ks::parseMoney(text, ks::Currency::idr);
  require(read.ok() == matches(text));
  if (!read.ok()) {
    require(!read.fault().message.empty());
    return;
  }
  const auto zeros = std::min(text.find_first_not_of('0'), text.find('.') - 1);
  require(ks::formatMoney(read.value()) == text.substr(zeros));
}

void checkTime(std::string_view text) {
  if (const auto time = ks::parseSnapTime(text)) {
    require(ks::formatSnapTime(*time).starts_with(ks::jakartaDay(*time)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  checkMoney(text);
  checkTime(text);
  (void)ks::parseCurrency(text);
  return 0;
}
