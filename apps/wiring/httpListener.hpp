#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "http/routes/system/controlRoutes.hpp"
#include "http/server/httpServer.hpp"
#include "http/server/waitRule.hpp"

namespace ks {

/// One listening socket of the front end: what its actor opens and closes, and what it counts over all
/// restarts. Thread-safe.
class HttpListener final : public RequestHandlerInterface {
 public:
  /// `name`: of its actor. `slow`: from when on a request counts as slow. `grace`: for what is in flight when
  /// it closes.
  HttpListener(std::string name, HttpServerConfig config, std::chrono::milliseconds slow,
               std::chrono::milliseconds grace);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// From now on it may be opened and answers by this handler, which must live as long as the actor.
  void allow(const RequestHandlerInterface& handler);
  /// How its first opening went; nothing when it did not come in time.
  std::optional<Result<Done>> waitOpened(std::chrono::milliseconds patience);
  /// Closing takes no longer than until then.
  void endBy(std::chrono::steady_clock::time_point end);

  /// The actor's side. Does nothing while it is open or not yet allowed.
  Result<Done> open();
  void close();

  [[nodiscard]] HttpServerState state() const;
  [[nodiscard]] ControlListener report() const;

  [[nodiscard]] bool isQuick(HttpMethod method, std::string_view target) const override;
  [[nodiscard]] HttpResponse dispatch(const HttpRequest& request) const override;
  [[nodiscard]] HttpResponse refuse(Fault fault, std::string_view requestId) const override;

 private:
  const std::string name_;
  const HttpServerConfig config_;
  const std::chrono::milliseconds slow_;
  const std::chrono::milliseconds grace_;

  mutable std::mutex mutex_;
  std::condition_variable opened_;
  const RequestHandlerInterface* handler_ = nullptr;
  std::unique_ptr<HttpServer> server_;
  HttpServerState droppedBefore_;        ///< what servers before this one have dropped
  std::optional<Result<Done>> outcome_;  ///< of the last opening
  std::optional<std::chrono::steady_clock::time_point> end_;

  mutable ActorCalls calls_;
  mutable std::atomic<std::uint64_t> inFlight_{0};
  mutable std::atomic<std::uint64_t> answered_{0};
  mutable std::atomic<std::uint64_t> refused_{0};
  mutable std::atomic<std::uint64_t> slowOnes_{0};
};

}  // namespace ks
