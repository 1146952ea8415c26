#include "core/uuid.hpp"

#include <algorithm>
#include <cstddef>

namespace ks {
namespace {

constexpr std::uint64_t kMaxTime = (1ULL << 48U) - 1;
// RFC 9562 6.2 method 1: rand_a and the first 30 bits of rand_b are one counter, the last 32 bits are always
// random.
constexpr std::uint64_t kMaxCounter = (1ULL << 42U) - 1;
// A new millisecond starts below half of the range, so the counter has room to grow.
constexpr std::uint64_t kStartMask = kMaxCounter >> 1U;

std::uint64_t readBigEndian(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    value = (value << 8U) | bytes[i];
  }
  return value;
}

std::uint64_t counterOf(const Uuid& uuid) {
  const std::uint64_t high = readBigEndian(uuid.bytes.data() + 6, 2) & 0x0fffU;
  const std::uint64_t low = readBigEndian(uuid.bytes.data() + 8, 4) & 0x3fffffffU;
  return (high << 30U) | low;
}

Uuid compose(std::uint64_t time, std::uint64_t counter, std::uint32_t tail) {
  Uuid uuid;
  for (std::size_t i = 0; i < 6; ++i) {
    uuid.bytes[i] = static_cast<std::uint8_t>(time >> (8U * (5U - i)));
  }
  const std::uint64_t high = 0x7000U | (counter >> 30U);
  const std::uint64_t low = 0x80000000U | (counter & 0x3fffffffU);
  uuid.bytes[6] = static_cast<std::uint8_t>(high >> 8U);
  uuid.bytes[7] = static_cast<std::uint8_t>(high);
  for (std::size_t i = 0; i < 4; ++i) {
    uuid.bytes[8 + i] = static_cast<std::uint8_t>(low >> (8U * (3U - i)));
    uuid.bytes[12 + i] = static_cast<std::uint8_t>(tail >> (8U * (3U - i)));
  }
  return uuid;
}

int uuidHexValue(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

bool isHyphenPlace(std::size_t place) { return place == 8 || place == 13 || place == 18 || place == 23; }

}  // namespace

std::string Uuid::toString() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (const std::uint8_t byte : bytes) {
    if (isHyphenPlace(text.size())) {
      text.push_back('-');
    }
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 0x0fU]);
  }
  return text;
}

std::optional<Uuid> Uuid::parse(std::string_view text) noexcept {
  if (text.size() != 36) {
    return std::nullopt;
  }
  Uuid uuid;
  std::size_t digit = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (isHyphenPlace(i)) {
      if (text[i] != '-') {
        return std::nullopt;
      }
      continue;
    }
    const int value = uuidHexValue(text[i]);
    if (value < 0) {
      return std::nullopt;
    }
    auto& byte = uuid.bytes[digit / 2];
    byte = static_cast<std::uint8_t>((static_cast<unsigned>(byte) << 4U) | static_cast<unsigned>(value));
    ++digit;
  }
  return uuid;
}

TimePoint Uuid::time() const noexcept {
  return TimePoint{Milliseconds{static_cast<std::int64_t>(readBigEndian(bytes.data(), 6))}};
}

Uuid Uuid::firstOf(TimePoint time) noexcept {
  Uuid first;
  auto left = static_cast<std::uint64_t>(time.time_since_epoch().count());
  for (std::size_t i = 6; i > 0; --i, left >>= 8U) {
    first.bytes[i - 1] = static_cast<std::uint8_t>(left);
  }
  return first;
}

Uuid UuidGenerator::next() {
  std::array<std::byte, 12> random;
  random_.fill(random);
  std::array<std::uint8_t, 12> noise;
  std::transform(random.begin(), random.end(), noise.begin(),
                 [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  const auto tail = static_cast<std::uint32_t>(readBigEndian(noise.data() + 8, 4));
  const std::int64_t sinceEpoch = clock_.now().time_since_epoch().count();
  const std::uint64_t now =
      std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(sinceEpoch, 0)), kMaxTime);

  const std::lock_guard lock(mutex_);
  std::uint64_t time = readBigEndian(last_.bytes.data(), 6);
  std::uint64_t counter = counterOf(last_);
  if (now > time) {
    time = now;
    counter = readBigEndian(noise.data(), 8) & kStartMask;
  } else if (counter < kMaxCounter) {
    ++counter;
  } else {
    ++time;
    counter = readBigEndian(noise.data(), 8) & kStartMask;
  }
  last_ = compose(time, counter, tail);
  return last_;
}

}  // namespace ks
