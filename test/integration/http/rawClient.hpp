#pragma once
#include <chrono>
#include <string>
#include <string_view>

namespace ks::httpTest {

/// A socket that sends exactly the given bytes.
class RawClient {
 public:
  /// TCP to 127.0.0.1.
  explicit RawClient(int port);
  /// Unix socket.
  explicit RawClient(const std::string& path);
  ~RawClient();
  RawClient(RawClient&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return descriptor_ >= 0; }
  bool send(std::string_view bytes) const;
  /// Nothing more will be sent.
  void endSending() const;
  /// One answer: head and the body that its Content-Length says. Empty when none came in time.
  std::string readAnswer(std::chrono::milliseconds patience = std::chrono::seconds(3));
  /// Everything until the server closes or `patience` passes.
  std::string readAll(std::chrono::milliseconds patience = std::chrono::seconds(3));
  /// The received bytes once they contain `text`; empty if they do not in time.
  std::string readUntil(std::string_view text, std::chrono::milliseconds patience = std::chrono::seconds(3));
  /// Whether the server has closed, or does within `patience`.
  bool closedByServer(std::chrono::milliseconds patience);

 private:
  bool fill(std::chrono::steady_clock::time_point deadline);
  int descriptor_ = -1;
  std::string pending_;
};

inline std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n\r\n";
}
inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
/// Status of an answer; 0 when there is none.
int statusOf(std::string_view answer);

}  // namespace ks::httpTest
