#pragma once
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

namespace ks::cli {

/// Answers every connection on a Unix socket, or on a port of this machine, with the result of `answer` for the
/// request; an empty answer leaves the caller waiting.
class ControlSocketServer {
 public:
  ControlSocketServer(const std::string& path, std::function<std::string(const std::string&)> answer)
      : answer_(std::move(answer)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    listen(address, path);
  }
  /// On 127.0.0.1, at port().
  explicit ControlSocketServer(std::function<std::string(const std::string&)> answer)
      : answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listen(address, "127.0.0.1");
  }
  ~ControlSocketServer() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }
  ControlSocketServer(const ControlSocketServer&) = delete;
  ControlSocketServer& operator=(const ControlSocketServer&) = delete;

  [[nodiscard]] int port() const {
    sockaddr_in address{};
    socklen_t length = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
  }

  static std::string http(int status, const std::string& json) {
    return "HTTP/1.1 " + std::to_string(status) +
           " X\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
           std::to_string(json.size()) + "\r\n\r\n" + json;
  }

 private:
  template <class Address>
  void listen(const Address& address, const std::string& where) {
    const auto* plain = reinterpret_cast<const sockaddr*>(&address);
    listener_ = ::socket(plain->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, plain, sizeof address) != 0 || ::listen(listener_, 4) != 0) {
      throw std::runtime_error("no socket at " + where);
    }
    thread_ = std::thread([this] { run(); });
  }

  void run() {
    while (!stop_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) {
        continue;
      }
      const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const std::string answer = answer_(readRequest(peer));
      if (answer.empty()) {
        while (!stop_) {
          std::this_thread::sleep_for(std::chrono::milliseconds{10});
        }
      } else {
        static_cast<void>(::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL));
      }
      ::close(peer);
    }
  }

  static std::string readRequest(int peer) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
      const auto end = text.find("\r\n\r\n");
      const auto length = text.find("Content-Length: ");
      const std::size_t body =
          length < end ? static_cast<std::size_t>(std::stoul(text.substr(length + 16))) : 0;
      if (end != std::string::npos && text.size() >= end + 4 + body) {
        return text;
      }
      const auto count = ::recv(peer, buffer.data(), buffer.size(), 0);
      if (count <= 0) {
        return text;
      }
      text.append(buffer.data(), static_cast<std::size_t>(count));
    }
  }

  std::function<std::string(const std::string&)> answer_;
  int listener_ = -1;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace ks::cli
