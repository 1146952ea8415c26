#include "http/server/loopSignal.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace ks {

LoopSignal::LoopSignal() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

LoopSignal::~LoopSignal() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

void LoopSignal::raise() const noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(descriptor_, &one, sizeof(one));
}

void LoopSignal::clear() const noexcept {
  std::uint64_t ignored = 0;
  [[maybe_unused]] const auto got = read(descriptor_, &ignored, sizeof(ignored));
}

}  // namespace ks
