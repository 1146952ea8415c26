#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/clockInterface.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/uuid.hpp"
#include "http/routes/system/systemRoutes.hpp"
#include "http/routing/requestDispatcher.hpp"
#include "http/server/httpServer.hpp"

namespace ks::httpTest {

/// Bytes for request ids; their quality does not matter here.
class CountingSource final : public RandomSourceInterface {
 public:
  void fill(std::span<std::byte> bytes) override {
    for (auto& byte : bytes) {
      byte = static_cast<std::byte>(next_.fetch_add(37, std::memory_order_relaxed));
    }
  }

 private:
  std::atomic<unsigned> next_{1};
};

/// Body of /large and /largeQuick: more than a socket takes at once.
inline constexpr std::size_t kLargeBytes = 512 * 1024;

struct EchoInput {
  std::string text;
};
ObjectSchema<EchoInput> schemaFor(Of<EchoInput> of);

/// One of the two servers. What the second cannot do is told in docs/decisions/httpServer.md and expected in
/// the tests, where they ask for `isLoop`.
struct Implementation {
  const char* name;
  HttpServerFactory make;
  bool isLoop;
};
inline constexpr Implementation kLoop{"loop", makeLoopServer, true};
inline constexpr Implementation kHttplib{"httplib", makeHttplibServer, false};
/// Makes the test run with each; before anything else of it.
#define EACH_SERVER                                      \
  const auto implementation = GENERATE(kLoop, kHttplib); \
  CAPTURE(implementation.name)

/// A server with a few small routes, on a free TCP port and a Unix socket of its own.
class TestServer {
 public:
  explicit TestServer(const Implementation& implementation, HttpServerConfig config = {},
                      std::size_t admissionLimit = 64);
  ~TestServer();

  [[nodiscard]] int port() const { return tcp->port(); }
  /// Of both listeners together.
  [[nodiscard]] HttpServerState state() const;
  void stop(std::chrono::milliseconds grace) const;

  const bool isLoop;
  SystemClock clock;
  CountingSource random;
  UuidGenerator ids{clock, random};
  AdmissionGate gate;
  RequestMetrics metrics;
  StreamGate streams{{3, 2}};
  std::atomic<bool> sessionEnded{false};
  RouteTable routes;
  std::string socketPath;
  std::atomic<int> echoes{0};
  /// The newest stream that /events/… has opened.
  [[nodiscard]] EventStreamPtr newestStream();
  std::unique_ptr<RequestDispatcher> dispatcher;
  std::unique_ptr<HttpServer> gateway;  ///< on the Unix socket
  std::unique_ptr<HttpServer> tcp;

 private:
  void addEventRoutes();
  std::mutex streamMutex_;
  EventStreamPtr newestStream_;
};

inline std::chrono::milliseconds timed(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
}

inline HttpServerConfig fewThreads() {
  HttpServerConfig config;
  config.threads = 4;
  return config;
}

}  // namespace ks::httpTest
