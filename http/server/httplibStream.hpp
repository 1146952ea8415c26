#pragma once
#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>

// Only httplibServer.cpp includes this.
namespace ks {

inline bool awaits(int descriptor, short events, std::chrono::milliseconds patience) {
  pollfd watched{descriptor, events, 0};
  return poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(patience.count(), 0))) > 0;
}

/// httplib's own stream gives every single read and write its time, where this one gives it to the whole
/// request and the whole answer, and it forgets what has arrived behind a request.
class ConnectionStream final : public httplib::Stream {
 public:
  explicit ConnectionStream(int descriptor) : descriptor_(descriptor) {}

  void beginRequest(std::size_t headBytes, std::chrono::steady_clock::time_point deadline) {
    headRoom_ = headBytes;
    head_.clear();
    deadline_ = deadline;
  }
  void endHead() { headRoom_ = SIZE_MAX; }
  /// The request line and the headers as they were sent.
  [[nodiscard]] const std::string& head() const { return head_; }
  void setDeadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }
  [[nodiscard]] bool hasMore() const { return begin_ < end_; }
  [[nodiscard]] bool readerTooSlow() const { return readerTooSlow_; }

  /// Nothing to see, and no socket: without a Content-Length httplib would take what comes behind for a body.
  bool is_readable() const override { return false; }
  socket_t socket() const override { return INVALID_SOCKET; }
  bool wait_readable() const override { return awaits(descriptor_, POLLIN, left()); }
  bool wait_writable() const override { return awaits(descriptor_, POLLOUT, left()); }
  ssize_t read(char* out, std::size_t size) override {
    if (headRoom_ == 0) {
      return -1;
    }
    if (!hasMore()) {
      const auto count = wait_readable() ? recv(descriptor_, buffer_.data(), buffer_.size(), 0) : -1;
      if (count <= 0) {
        return count;
      }
      begin_ = 0;
      end_ = static_cast<std::size_t>(count);
    }
    const auto taken = std::min(size, end_ - begin_);
    std::memcpy(out, buffer_.data() + begin_, taken);
    begin_ += taken;
    if (headRoom_ != SIZE_MAX) {
      head_.append(out, taken);
    }
    headRoom_ -= headRoom_ == SIZE_MAX ? 0 : std::min(taken, headRoom_);
    return static_cast<ssize_t>(taken);
  }
  ssize_t write(const char* data, std::size_t size) override {
    while (wait_writable()) {
      const auto count = send(descriptor_, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count >= 0 || errno != EAGAIN) {
        return count;
      }
    }
    readerTooSlow_ = true;
    return -1;
  }
  void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  time_t duration() const override { return 0; }

 private:
  [[nodiscard]] std::chrono::milliseconds left() const {
    return std::chrono::ceil<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
  }

  const int descriptor_;
  std::chrono::steady_clock::time_point deadline_;
  std::size_t headRoom_ = SIZE_MAX;  ///< bytes that the request's head may still have
  std::string head_;
  std::array<char, 16 * 1024> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool readerTooSlow_ = false;
};

}  // namespace ks
