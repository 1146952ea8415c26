#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "http/eventStream.hpp"
#include "http/requestFraming.hpp"

namespace ks {

/// One accepted connection. At any time either the connection loop or one worker has it, never both.
class Connection {
 public:
  enum class Mode : std::uint8_t { idle, receiving, working, lingering, streaming };
  static constexpr std::size_t kModes = 5;
  /// What reading from the socket gave.
  enum class Received : std::uint8_t { some, nothing, closed };

  Connection(int descriptor, std::size_t listener, bool overUnixSocket, std::string peerAddress,
             const FramingLimits& limits)
      : descriptor_(descriptor),
        listener_(listener),
        overUnixSocket_(overUnixSocket),
        peerAddress_(std::move(peerAddress)),
        framing_(limits) {}
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] std::size_t listener() const noexcept { return listener_; }
  [[nodiscard]] bool overUnixSocket() const noexcept { return overUnixSocket_; }
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
  /// Drops the answered request, wiping its body (it may hold a password); what came behind it stays.
  void finishMessage();
  void discardBuffer() { bytes_.clear(); }

  /// Sends everything or fails; waits for the peer at most `patience`.
  bool send(std::string_view bytes, std::chrono::milliseconds patience) const;
  /// Sends of `bytes` what the socket takes at once and removes it. False: the connection is broken.
  bool sendSome(std::string& bytes) const;
  /// Waits for input, at most `patience`.
  [[nodiscard]] bool waitReadable(std::chrono::milliseconds patience) const;

  // Book-keeping of the connection loop.
  Mode mode = Mode::idle;
  bool continueSent = false;
  bool mustClose = false;                       ///< set by the worker: no further request on this connection
  std::size_t counted = 0;                      ///< bytes that the loop has counted as buffered
  std::chrono::steady_clock::time_point since;  ///< when the mode began
  std::list<Connection*>::iterator place;       ///< in the loop's list of its mode
  EventStreamPtr stream;                        ///< set by the worker: the answer goes on as events
  std::string unsent;          ///< of its stream, or of an answer: what the socket has not taken yet
  std::uint32_t interest = 0;  ///< what epoll watches it for
  std::chrono::steady_clock::time_point lastSent;  ///< on the stream

 private:
  const int descriptor_;
  const std::size_t listener_;
  const bool overUnixSocket_;
  const std::string peerAddress_;
  std::string bytes_;
  RequestFraming framing_;
};

}  // namespace ks
