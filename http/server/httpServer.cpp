#include "http/server/httpServer.hpp"

#include <sys/resource.h>

#include <string_view>
#include <utility>

#include "http/server/connectionLoop.hpp"
#include "http/server/responseWriter.hpp"
#include "http/server/waitRule.hpp"

namespace ks {
namespace {

/// How soon an event stream's client comes back, in milliseconds.
constexpr const char* kReconnect = "retry: 1000\n\n";

HttpRequest requestOf(const Connection& connection) {
  const RequestHead& head = connection.framing().head();
  HttpRequest request;
  request.method = httpMethodFromName(head.method);
  request.target = head.target;
  request.body = connection.body();
  request.headers = head.headers;
  request.peerAddress = connection.peerAddress();
  request.overUnixSocket = connection.overUnixSocket();
  return request;
}

std::string_view headerOf(const RequestHead& head, std::string_view name) {
  HttpRequest request;
  request.headers = head.headers;
  return request.header(name);
}

/// Every connection is a descriptor; the usual soft limit of 1024 is meant for programs that use select().
void raiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerConfig config, const RequestHandlerInterface& handler)
      : config_(std::move(config)), handler_(handler), loop_(loopConfig(), handlers()) {}

  Result<Done> start() {
    raiseDescriptorLimit();
    if (!config_.unixSocket.empty()) {
      auto socket = ListenSocket::onUnixSocket(config_.unixSocket, config_.unixSocketMode);
      if (!socket) {
        return std::move(socket.fault());
      }
      loop_.add(std::move(socket.value()), config_.unixThreads);
    }
    if (config_.port >= 0) {
      auto socket = ListenSocket::onTcp(config_.host, config_.port);
      if (!socket) {
        return std::move(socket.fault());
      }
      port_ = socket.value().port();
      loop_.add(std::move(socket.value()), config_.tcpThreads);
    }
    return loop_.start();
  }
  void stop(std::chrono::milliseconds grace) { loop_.stop(grace); }
  [[nodiscard]] int port() const noexcept { return port_; }
  [[nodiscard]] HttpServerState state() const {
    const auto counts = loop_.counts();
    return {counts.connections, counts.workers, counts.busyWorkers,    counts.waiting,
            counts.evicted,     counts.streams, counts.droppedStreams, counts.droppedAnswers};
  }

 private:
  /// The request's answer as it is sent; `goesOn`: the connection can be used again.
  std::string answerOf(const Connection& connection, bool& goesOn, EventStreamPtr& stream) const {
    const RequestHead& head = connection.framing().head();
    auto answer = handler_.dispatch(requestOf(connection));
    goesOn = head.keepAlive && !answer.stream && !loop_.stopping();
    auto text = answerText(answer, {goesOn, head.version10, head.method == "HEAD"});
    stream = std::move(answer.stream);
    return text;
  }
  bool answer(Connection& connection) const {
    bool goesOn = false;
    EventStreamPtr stream;
    auto text = answerOf(connection, goesOn, stream);
    if (stream) {
      text += kReconnect;
      connection.stream = std::move(stream);
    }
    connection.give(std::move(text));
    return connection.flush().has_value() && goesOn;
  }
  ConnectionLoopHandlers::AtOnce answerAtOnce(Connection& connection) const {
    using AtOnce = ConnectionLoopHandlers::AtOnce;
    bool goesOn = false;
    try {
      const NoWaiting rule;
      EventStreamPtr none;
      connection.give(answerOf(connection, goesOn, none));
    } catch (const WouldWait&) {
      return AtOnce::no;
    }
    goesOn = connection.flush().has_value() && goesOn;
    return goesOn ? AtOnce::answered : AtOnce::answeredAndClose;
  }
  ConnectionLoopConfig loopConfig() const {
    ConnectionLoopConfig result;
    result.framing.headerBytes = config_.maxHeaderBytes;
    result.framing.pathBytes = config_.maxPathBytes;
    result.framing.bodyBytes = config_.maxBodyBytes;
    result.maxConnections = config_.maxConnections;
    result.maxBufferedBytes = config_.maxBufferedBytes;
    result.maxUnsentBytes = config_.maxUnsentBytes;
    result.receiveTimeout = config_.receiveTimeout;
    result.sendTimeout = config_.sendTimeout;
    result.idleTimeout = config_.idleTimeout;
    result.streamHeartbeat = config_.streamHeartbeat;
    result.streamLifetime = config_.streamLifetime;
    return result;
  }
  ConnectionLoopHandlers handlers() {
    return {[this](Connection& connection) { return answer(connection); },
            [this](Connection& connection) { return answerAtOnce(connection); },
            [this](const Connection& connection) {
              const RequestHead& head = connection.framing().head();
              return handler_.isQuick(httpMethodFromName(head.method), head.target);
            },
            [this](const Fault& fault, const RequestHead& head) {
              const auto answer = handler_.refuse(fault, headerOf(head, "X-Request-ID"));
              return answerText(answer, {});
            }};
  }

  const HttpServerConfig config_;
  const RequestHandlerInterface& handler_;
  int port_ = 0;
  ConnectionLoop loop_;
};

HttpServer::HttpServer(HttpServerConfig config, const RequestHandlerInterface& handler)
    : impl_(std::make_unique<Impl>(std::move(config), handler)) {}
HttpServer::~HttpServer() = default;
Result<Done> HttpServer::start() { return impl_->start(); }
void HttpServer::stop(std::chrono::milliseconds grace) { impl_->stop(grace); }
int HttpServer::port() const noexcept { return impl_->port(); }
HttpServerState HttpServer::state() const { return impl_->state(); }

}  // namespace ks
