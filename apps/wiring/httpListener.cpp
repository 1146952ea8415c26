#include "apps/wiring/httpListener.hpp"

#include <algorithm>
#include <utility>

#include "apps/wiring/httpServerChoice.hpp"

namespace ks {
namespace {

constexpr int kUnavailable = 503;
/// Of a listener that closes after another one has used up the time of all.
constexpr std::chrono::milliseconds kLeastGrace{1'000};

class Counted {
 public:
  explicit Counted(std::atomic<std::uint64_t>& count) : count_(count) {
    count_.fetch_add(1, std::memory_order_relaxed);
  }
  ~Counted() { count_.fetch_sub(1, std::memory_order_relaxed); }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  std::atomic<std::uint64_t>& count_;
};

}  // namespace

HttpListener::HttpListener(std::string name, HttpServerConfig config, std::chrono::milliseconds slow,
                           std::chrono::milliseconds grace)
    : name_(std::move(name)), config_(std::move(config)), slow_(slow), grace_(grace) {}

void HttpListener::allow(const RequestHandlerInterface& handler) {
  const std::lock_guard lock(mutex_);
  handler_ = &handler;
}

std::optional<Result<Done>> HttpListener::waitOpened(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  opened_.wait_for(lock, patience, [this] { return outcome_.has_value(); });
  return outcome_;
}

void HttpListener::endBy(std::chrono::steady_clock::time_point end) {
  const std::lock_guard lock(mutex_);
  end_ = end;
}

Result<Done> HttpListener::open() {
  const std::lock_guard lock(mutex_);
  if (server_ || handler_ == nullptr) {
    return Done{};
  }
  auto server = kMakeHttpServer(config_, *this);
  auto started = server->start();
  if (started) {
    server_ = std::move(server);
  }
  outcome_ = started;
  opened_.notify_all();
  return started;
}

void HttpListener::close() {
  std::unique_ptr<HttpServer> server;
  auto grace = grace_;
  {
    const std::lock_guard lock(mutex_);
    server = std::move(server_);
    if (end_) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*end_ - std::chrono::steady_clock::now());
      grace = std::clamp(left, std::min(kLeastGrace, grace_), grace_);
    }
  }
  if (server) {
    server->stop(grace);
    const auto last = server->state();
    const std::lock_guard lock(mutex_);
    droppedBefore_.droppedStreams += last.droppedStreams;
    droppedBefore_.droppedAnswers += last.droppedAnswers;
  }
}

HttpServerState HttpListener::state() const {
  const std::lock_guard lock(mutex_);
  auto state = server_ ? server_->state() : HttpServerState{};
  state.droppedStreams += droppedBefore_.droppedStreams;
  state.droppedAnswers += droppedBefore_.droppedAnswers;
  return state;
}

ControlListener HttpListener::report() const {
  const auto server = state();
  ControlListener report;
  report.actor = name_;
  report.address = config_.unixSocket.empty() ? config_.host + ":" + std::to_string(config_.port)
                                              : config_.unixSocket.substr(config_.unixSocket.rfind('/') + 1);
  report.connections = server.connections;
  report.streams = server.eventStreams;
  report.inFlight = inFlight_.load(std::memory_order_relaxed);
  report.answered = answered_.load(std::memory_order_relaxed);
  report.refused = refused_.load(std::memory_order_relaxed);
  report.slow = slowOnes_.load(std::memory_order_relaxed);
  report.callsBegun = calls_.begun.load(std::memory_order_relaxed);
  report.callsEnded = std::min(calls_.ended.load(std::memory_order_relaxed), report.callsBegun);
  return report;
}

bool HttpListener::isQuick(HttpMethod method, std::string_view target) const {
  return handler_->isQuick(method, target);
}

HttpResponse HttpListener::dispatch(const HttpRequest& request) const {
  const Counted one(inFlight_);
  const CountActorCalls calls(calls_);
  const auto start = std::chrono::steady_clock::now();
  auto answer = handler_->dispatch(request);
  answered_.fetch_add(1, std::memory_order_relaxed);
  if (answer.status == kUnavailable) {
    refused_.fetch_add(1, std::memory_order_relaxed);
  }
  if (std::chrono::steady_clock::now() - start >= slow_) {
    slowOnes_.fetch_add(1, std::memory_order_relaxed);
  }
  return answer;
}

HttpResponse HttpListener::refuse(Fault fault, std::string_view requestId) const {
  refused_.fetch_add(1, std::memory_order_relaxed);
  return handler_->refuse(std::move(fault), requestId);
}

}  // namespace ks
