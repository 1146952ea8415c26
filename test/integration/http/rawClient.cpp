#include "rawClient.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace ks::httpTest {

RawClient::RawClient(int port) : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    close(descriptor_);
    descriptor_ = -1;
  }
}

RawClient::RawClient(const std::string& path) : descriptor_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof(address.sun_path) - 1));
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    close(descriptor_);
    descriptor_ = -1;
  }
}

RawClient::~RawClient() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

bool RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void RawClient::endSending() const { shutdown(descriptor_, SHUT_WR); }

bool RawClient::fill(std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd watched{descriptor_, POLLIN, 0};
  if (left.count() < 0 || poll(&watched, 1, static_cast<int>(left.count())) <= 0) {
    return false;
  }
  char buffer[65536];
  const auto count = recv(descriptor_, buffer, sizeof(buffer), 0);
  if (count <= 0) {
    return false;
  }
  pending_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::readAnswer(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const auto headEnd = pending_.find("\r\n\r\n");
    if (headEnd != std::string::npos) {
      constexpr std::string_view name = "Content-Length: ";
      const auto length = pending_.find(name);
      const auto body = length < headEnd ? std::stoul(pending_.substr(length + name.size())) : 0UL;
      const auto whole = headEnd + 4 + body;
      if (pending_.size() >= whole) {
        auto answer = pending_.substr(0, whole);
        pending_.erase(0, whole);
        return answer;
      }
    }
    if (!fill(deadline)) {
      return {};
    }
  }
}

std::string RawClient::readAll(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (fill(deadline)) {
  }
  return std::move(pending_);
}

std::string RawClient::readUntil(std::string_view text, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (pending_.find(text) == std::string::npos) {
    if (!fill(deadline)) {
      return {};
    }
  }
  return std::move(pending_);
}

bool RawClient::closedByServer(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (fill(deadline)) {
  }
  char byte = 0;
  return recv(descriptor_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0 ||
         (errno != EAGAIN && errno != EWOULDBLOCK);
}

int statusOf(std::string_view answer) {
  return answer.size() < 12 || !answer.starts_with("HTTP/1.1 ") ? 0
                                                                : std::stoi(std::string(answer.substr(9, 3)));
}

}  // namespace ks::httpTest
