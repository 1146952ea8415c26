#include "http/connection.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ks {
namespace {

bool waitFor(int descriptor, short events, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd watched{descriptor, events, 0};
    const int ready = poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready >= 0 || errno != EINTR) {
      return ready > 0;
    }
  }
}

}  // namespace

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
      // The end of the stream is told again at the next call; what came before it counts first.
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

bool Connection::send(std::string_view bytes, std::chrono::milliseconds patience) const {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!bytes.empty()) {
    const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (errno == EINTR) {
      continue;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if ((errno != EAGAIN && errno != EWOULDBLOCK) || left.count() <= 0 ||
        !waitFor(descriptor_, POLLOUT, left)) {
      return false;
    }
  }
  return true;
}

bool Connection::sendSome(std::string& bytes) const {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const auto count =
        ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      return false;
    }
  }
  bytes.erase(0, sent);
  return true;
}

bool Connection::waitReadable(std::chrono::milliseconds patience) const {
  return waitFor(descriptor_, POLLIN, patience);
}

}  // namespace ks
