#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "http/server/requestHandlerInterface.hpp"

namespace ks {

struct HttpServerConfig {
  std::string unixSocket = {};     ///< path; empty: TCP
  unsigned unixSocketMode = 0660;  ///< 0600 for a control socket
  std::string host = "127.0.0.1";
  int port = 0;                       ///< 0: any free port
  std::size_t threads = 72;           ///< maximum workers: the admission limit and some more, which refuse
  std::size_t maxConnections = 1024;  ///< past it the longest idle one is closed
  std::size_t maxBodyBytes = 1024 * 1024;
  std::size_t maxHeaderBytes = 16 * 1024;  ///< request line and headers together
  std::size_t maxPathBytes = 512;
  std::size_t maxBufferedBytes = 64 * 1024 * 1024;   ///< unfinished requests together
  std::size_t maxUnsentBytes = 64 * 1024 * 1024;     ///< answers that are not read; past it the oldest goes
  std::chrono::milliseconds receiveTimeout{10'000};  ///< a whole request from its first byte
  std::chrono::milliseconds sendTimeout{10'000};     ///< a whole answer, however slow its reader
  std::chrono::milliseconds idleTimeout{75'000};     ///< longer than the gateway's keep-alive (60 s)
  std::chrono::milliseconds streamHeartbeat{15'000};
  std::chrono::milliseconds streamLifetime{300'000};  ///< of an event stream; the client connects again
};

struct HttpServerState {
  std::size_t connections = 0;
  std::size_t workers = 0;
  std::size_t busyWorkers = 0;
  std::size_t waitingRequests = 0;
  std::uint64_t evictedConnections = 0;
  std::size_t eventStreams = 0;
  std::uint64_t droppedStreams = 0;  ///< their readers were too slow
  std::uint64_t droppedAnswers = 0;  ///< so were theirs
};

/// Listens on one Unix socket or TCP port and answers by a handler, which must live longer.
class HttpServer {
 public:
  HttpServer() = default;
  virtual ~HttpServer() = default;
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Binds and serves. The fault's message names the socket or port and the cause. A socket file that nobody
  /// listens on is removed; one with a listener is a fault.
  [[nodiscard]] virtual Result<Done> start() = 0;
  /// Takes no new connections, answers what is in flight (at most `grace`), closes the rest. Idempotent.
  virtual void stop(std::chrono::milliseconds grace = std::chrono::seconds(10)) = 0;
  /// The TCP port that is really bound; 0 on a Unix socket.
  [[nodiscard]] virtual int port() const noexcept = 0;
  [[nodiscard]] virtual HttpServerState state() const = 0;
};

using HttpServerFactory = std::unique_ptr<HttpServer> (*)(HttpServerConfig config,
                                                          const RequestHandlerInterface& handler);

/// Our own event loop (connectionLoop.hpp).
[[nodiscard]] std::unique_ptr<HttpServer> makeLoopServer(HttpServerConfig config,
                                                         const RequestHandlerInterface& handler);
/// cpp-httplib, a thread a connection; docs/decisions/httpServer.md says what it cannot do. In the library
/// ks-httplibServer.
[[nodiscard]] std::unique_ptr<HttpServer> makeHttplibServer(HttpServerConfig config,
                                                            const RequestHandlerInterface& handler);

}  // namespace ks
