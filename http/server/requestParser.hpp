#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"

namespace ks {

struct FramingLimits {
  std::size_t headerBytes = 16 * 1024;  ///< request line and headers together
  std::size_t headers = 100;
  std::size_t pathBytes = 512;
  std::size_t targetBytes = 4096;
  std::size_t bodyBytes = 1024 * 1024;
};

/// The head of a request, as views into the bytes that it was read from.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::size_t headBytes = 0;  ///< including the empty line
  std::size_t bodyBytes = 0;
  bool keepAlive = false;
  bool version10 = false;
  bool expectsContinue = false;

  [[nodiscard]] std::size_t messageBytes() const noexcept { return headBytes + bodyBytes; }
};

/// The headers of a whole head that some parser has taken, as they were sent.
[[nodiscard]] std::vector<std::pair<std::string_view, std::string_view>> headersOf(std::string_view head);

/// Finds where requests begin and end in a stream of bytes, strictly (RFC 9112): input that could be read in
/// two ways is refused, so nothing can be smuggled past the gateway. Bodies come with Content-Length
/// only.
class RequestFraming {
 public:
  enum class State : std::uint8_t { incomplete, complete, refused };

  explicit RequestFraming(const FramingLimits& limits) : limits_(limits) {}

  /// `bytes` is everything received of the present request so far. The head's views point into it.
  State advance(std::string_view bytes);
  /// Forget the present request; the next one starts at the first byte.
  void restart() noexcept;

  /// Valid when `headComplete()`.
  [[nodiscard]] const RequestHead& head() const noexcept { return head_; }
  [[nodiscard]] bool headComplete() const noexcept { return headBytes_ > 0; }
  /// Why the request was refused.
  [[nodiscard]] const Fault& fault() const noexcept { return fault_; }

 private:
  State refuse(ErrorCode code, const char* message);
  /// For a head beyond its limit: the request line alone, or all together.
  [[nodiscard]] ErrorCode tooLongCode() const noexcept {
    return lineStart_ == 0 ? ErrorCode::uriTooLong : ErrorCode::headersTooLarge;
  }
  State parseHead(std::string_view bytes);
  bool parseRequestLine(std::string_view line);
  bool checkRequestLine();
  bool parseHeaderLine(std::string_view line);
  bool checkHeaders();

  FramingLimits limits_;
  RequestHead head_;
  Fault fault_;
  std::size_t lineStart_ = 0;   ///< start of the line that is being received
  std::size_t searchFrom_ = 0;  ///< no line end before this
  std::size_t headBytes_ = 0;
};

}  // namespace ks
