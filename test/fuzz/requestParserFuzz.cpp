#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/server/requestParser.hpp"

/// A request must be framed the same however its bytes are split. The first byte selects where.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  ks::RequestFraming whole{ks::FramingLimits{}};
  ks::RequestFraming pieces{ks::FramingLimits{}};
  const auto expected = whole.advance(text);
  const std::size_t step = std::size_t{1} + data[0] % 64U;
  auto state = ks::RequestFraming::State::incomplete;
  std::string moving;
  for (std::size_t end = step; state == ks::RequestFraming::State::incomplete; end += step) {
    moving.assign(text, 0, end);
    state = pieces.advance(moving);
    if (end >= text.size()) {
      break;
    }
  }
  if (state != expected) {
    std::abort();
  }
  if (state == ks::RequestFraming::State::complete &&
      (whole.head().messageBytes() != pieces.head().messageBytes() ||
       whole.head().target != pieces.head().target || whole.head().messageBytes() > text.size())) {
    std::abort();
  }
  return 0;
}
