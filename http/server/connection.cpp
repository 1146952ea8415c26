#include "http/server/connection.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ks {
Connection::~Connection() {
  if (stream) {
    stream->close();
  }
  ::close(descriptor_);
}

Connection::Received Connection::receive() {
  constexpr std::size_t kChunk = 16 * 1024;
  char chunk[kChunk];
  Received outcome = Received::nothing;
  for (int rounds = 0; rounds < 4; ++rounds) {
    const auto count = recv(descriptor_, chunk, kChunk, MSG_DONTWAIT);
    if (count > 0) {
      bytes_.append(chunk, static_cast<std::size_t>(count));
      outcome = Received::some;
      if (static_cast<std::size_t>(count) < kChunk) {
        break;
      }
    } else if (count == 0) {
      // The next call reports the end of the stream again; data before it is handled first.
      return outcome == Received::some ? outcome : Received::closed;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      return Received::closed;
    }
  }
  return outcome;
}

void Connection::finishMessage() {
  const RequestHead& head = framing_.head();
  if (head.bodyBytes > 0) {
    explicit_bzero(bytes_.data() + head.headBytes, head.bodyBytes);
  }
  bytes_.erase(0, head.messageBytes());
  constexpr std::size_t kKeptCapacity = 32 * 1024;
  if (bytes_.capacity() > kKeptCapacity && bytes_.empty()) {
    bytes_.shrink_to_fit();
  }
  framing_.restart();
  continueSent = false;
}

void Connection::give(std::string bytes) {
  if (outgoing_.empty()) {
    outgoing_ = std::move(bytes);
  } else {
    outgoing_ += bytes;
  }
}

std::optional<std::size_t> Connection::flush() {
  const std::size_t before = sent_;
  while (sent_ < outgoing_.size()) {
    const auto count =
        ::send(descriptor_, outgoing_.data() + sent_, outgoing_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      sent_ += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return sent_ - before;
    } else if (errno != EINTR) {
      discardUnsent();
      return std::nullopt;
    }
  }
  const std::size_t sent = sent_ - before;
  discardUnsent();
  return sent;
}

void Connection::discardUnsent() noexcept {
  outgoing_ = {};
  sent_ = 0;
}

bool Connection::waitReadable(std::chrono::milliseconds patience) const {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd watched{descriptor_, POLLIN, 0};
    const int ready = poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready >= 0 || errno != EINTR) {
      return ready > 0;
    }
  }
}

}  // namespace ks
