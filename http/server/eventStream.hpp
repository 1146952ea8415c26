#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "http/server/loopSignal.hpp"

namespace ks {

inline constexpr std::string_view kEventStreamType = "text/event-stream";
/// The first bytes of a stream: how soon its client comes back after its end, in milliseconds.
inline constexpr const char* kStreamBegin = "retry: 1000\n\n";
/// A comment that keeps gateways from closing the stream as idle.
inline constexpr const char* kStreamHeartbeat = ":\n\n";

/// Server-sent events on their way to one client: a producer writes from any thread and never waits, the
/// connection loop sends. Holds a bounded buffer; a reader that lets it overflow is dropped. Thread-safe.
class EventStream {
 public:
  static constexpr std::size_t kBufferBytes = 64 * 1024;

  /// `pass` is held while the stream is open. `ended` says that its user's session has ended; called about
  /// once a second on the loop's thread.
  EventStream(std::shared_ptr<void> pass, std::function<bool()> ended)
      : pass_(std::move(pass)), ended_(std::move(ended)) {}

  /// `data` is one line. False: the reader is gone, stop writing.
  bool write(std::string_view event, std::string_view data);
  [[nodiscard]] bool open() const;

  // The connection loop's side.
  /// From now on `signal` is raised when there is something to send.
  void attach(std::shared_ptr<const LoopSignal> signal);
  /// Takes what has been written. False: the buffer overflowed.
  bool take(std::string& out);
  [[nodiscard]] bool sessionEnded() const { return ended_ && ended_(); }
  /// The reader is gone. Frees the place at the gate.
  void close();

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<void> pass_;
  const std::function<bool()> ended_;
  std::shared_ptr<const LoopSignal> signal_;
  std::string pending_;
  bool overflowed_ = false;
  bool closed_ = false;
};

using EventStreamPtr = std::shared_ptr<EventStream>;

}  // namespace ks
