#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ks {

struct SnapRequest {
  std::uint64_t id = 0;
  std::string method;
  std::string url;
  std::vector<std::string> headers;  ///< `Name: value`
  std::string body;
  std::chrono::milliseconds limit{};
  std::size_t mostAnswer = std::size_t{64} * 1024;
};

/// `status` is there when an HTTP answer came. `error` says why there is none, or why it is no use; `body` is empty
/// then. Neither has anything of the request.
struct SnapReply {
  std::uint64_t id = 0;
  int status = 0;
  std::string body;
  std::string error;
};

/// HTTP for banks' APIs, several requests at a time, on the caller's thread; connections are kept. Follows no
/// redirect, uses no proxy, checks certificates. No request is sent twice: libcurl's own second attempt, after a kept
/// connection turned out to be closed, is prevented, because the bank may have processed the first.
class SnapTransport {
 public:
  static constexpr std::chrono::milliseconds kConnectTimeout{3000};
  static constexpr std::chrono::milliseconds kLongest{30000};
  static constexpr std::size_t kMostUnderWay = 512;

  /// `caFile`: PEM of the only authorities that count; empty: the system's.
  explicit SnapTransport(std::string caFile);
  ~SnapTransport();
  SnapTransport(const SnapTransport&) = delete;
  SnapTransport& operator=(const SnapTransport&) = delete;

  /// The reply is always one of work(). `limit` is at most kLongest.
  void start(SnapRequest request);
  /// Works on the requests in progress for at most `wait`; returns those that ended.
  [[nodiscard]] std::vector<SnapReply> work(std::chrono::milliseconds wait);
  [[nodiscard]] std::size_t underWay() const noexcept;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace ks
