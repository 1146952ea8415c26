#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>

#include "http/server/eventStream.hpp"
#include "http/server/requestParser.hpp"

namespace ks {

/// One accepted connection. At any time either the connection loop or one worker has it, never both.
class Connection {
 public:
  enum class Mode : std::uint8_t { idle, receiving, working, sending, lingering, streaming };
  static constexpr std::size_t kModes = 6;
  /// What reading from the socket gave.
  enum class Received : std::uint8_t { some, nothing, closed };

  Connection(int descriptor, std::string peerAddress, const FramingLimits& limits)
      : descriptor_(descriptor), peerAddress_(std::move(peerAddress)), framing_(limits) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] std::string_view peerAddress() const noexcept { return peerAddress_; }

  /// Reads what has arrived, at most 64 KiB, without waiting.
  Received receive();
  /// Whether the bytes so far are a request.
  RequestFraming::State advance() { return framing_.advance(bytes_); }
  [[nodiscard]] const RequestFraming& framing() const noexcept { return framing_; }
  /// The present request, whole.
  [[nodiscard]] std::string_view message() const noexcept {
    return std::string_view(bytes_).substr(0, framing_.head().messageBytes());
  }
  [[nodiscard]] std::string_view body() const noexcept { return message().substr(framing_.head().headBytes); }
  [[nodiscard]] std::size_t buffered() const noexcept { return bytes_.size(); }
  /// Drops the answered request, wiping its body (it may contain a password); later bytes stay.
  void finishMessage();
  void discardBuffer() { bytes_.clear(); }

  /// Bytes to send next, after all earlier ones.
  void give(std::string bytes);
  /// Sends what the socket accepts, never waiting. Returns the number of bytes; nothing: the connection is
  /// broken.
  std::optional<std::size_t> flush();
  /// Bytes that are held for sending.
  [[nodiscard]] std::size_t unsent() const noexcept { return outgoing_.size(); }
  void discardUnsent() noexcept;
  /// Waits for input, at most `patience`.
  [[nodiscard]] bool waitReadable(std::chrono::milliseconds patience) const;

  // Book-keeping of the connection loop.
  Mode mode = Mode::idle;
  bool continueSent = false;
  bool mustClose = false;                       ///< set by the worker: no further request on this connection
  std::size_t counted = 0;                      ///< bytes that the loop has counted as buffered
  std::size_t countedUnsent = 0;                ///< and as held for sending
  std::chrono::steady_clock::time_point since;  ///< when the mode began
  std::list<Connection*>::iterator place;       ///< in the loop's list of its mode
  EventStreamPtr stream;                        ///< set by the worker: the answer continues as events
  std::uint32_t interest = 0;                   ///< what epoll watches it for
  std::chrono::steady_clock::time_point lastSent;  ///< on the stream

 private:
  const int descriptor_;
  const std::string peerAddress_;
  std::string bytes_;
  std::string outgoing_;
  std::size_t sent_ = 0;  ///< of outgoing_
  RequestFraming framing_;
};

}  // namespace ks
