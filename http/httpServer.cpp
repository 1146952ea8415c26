#include "http/httpServer.hpp"

#include <httplib.h>
#include <sys/resource.h>

#include <string_view>
#include <utility>

#include "core/logging.hpp"
#include "http/connectionLoop.hpp"

// The only file that knows cpp-httplib. It is used for the protocol (checking a request's syntax, writing
// answers); sockets, keep-alive, limits and threads are ours, because the library gives a thread to every
// open connection.
namespace ks {
namespace {

/// One request on its way through httplib.
struct Exchange {
  const Connection& connection;
  const RequestDispatcher& dispatcher;
  const ConnectionLoop& loop;
  std::chrono::milliseconds sendTimeout;
  bool keepAlive = false;
  bool answered = false;  ///< by the dispatcher; false: httplib found a fault of its own
  bool interim = false;   ///< httplib is writing 100 Continue, which the connection loop has done already
  bool sent = true;
};

thread_local Exchange* currentExchange = nullptr;

/// Gives httplib exactly the bytes of one complete request.
class MessageStream final : public httplib::Stream {
 public:
  explicit MessageStream(Exchange& exchange) : exchange_(exchange), rest_(exchange.connection.message()) {}

  bool is_readable() const override { return !rest_.empty(); }
  bool wait_readable() const override { return true; }
  bool wait_writable() const override { return true; }
  ssize_t read(char* out, size_t size) override {
    const auto count = std::min(size, rest_.size());
    std::copy_n(rest_.data(), count, out);
    rest_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* bytes, size_t size) override {
    if (!exchange_.interim && !exchange_.connection.send({bytes, size}, exchange_.sendTimeout)) {
      exchange_.sent = false;
      return -1;
    }
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  void get_local_ip_and_port(std::string& /*ip*/, int& /*port*/) const override {}
  socket_t socket() const override { return INVALID_SOCKET; }
  time_t duration() const override { return 0; }

 private:
  Exchange& exchange_;
  std::string_view rest_;
};

HttpRequest requestOf(const Connection& connection) {
  const RequestHead& head = connection.framing().head();
  HttpRequest request;
  request.method = httpMethodFromName(head.method);
  request.target = head.target;
  request.body = connection.body();
  // Not httplib's headers: it percent-decodes their values.
  request.headers = head.headers;
  request.peerAddress = connection.peerAddress();
  request.overUnixSocket = connection.overUnixSocket();
  return request;
}

void fill(httplib::Response& response, HttpAnswer&& answer) {
  response.status = answer.status;
  for (auto& [name, value] : answer.headers) {
    response.headers.emplace(std::move(name), std::move(value));
  }
  if (!answer.contentType.empty()) {
    response.set_content(std::move(answer.body), answer.contentType);
  }
}

std::string_view headerOf(const RequestHead& head, std::string_view name) {
  HttpRequest request;
  request.headers = head.headers;
  return request.header(name);
}

class ProtocolServer final : public httplib::Server {
 public:
  ProtocolServer() {
    set_expect_100_continue_handler([](const httplib::Request&, httplib::Response&) {
      currentExchange->interim = true;
      return 100;
    });
    set_pre_routing_handler([](const httplib::Request&, httplib::Response& response) {
      Exchange& exchange = *currentExchange;
      exchange.interim = false;
      exchange.answered = true;
      fill(response, exchange.dispatcher.dispatch(requestOf(exchange.connection)));
      return HandlerResponse::Handled;
    });
    set_error_handler([](const httplib::Request&, httplib::Response& response) {
      Exchange& exchange = *currentExchange;
      if (exchange.answered && response.status != 416) {
        return HandlerResponse::Unhandled;
      }
      exchange.interim = false;
      Fault fault = makeFault(ErrorCode::badRequest);
      fault.message = "A header of the request is not valid";
      response.headers.clear();
      fill(response,
           exchange.dispatcher.refuse(fault, headerOf(exchange.connection.framing().head(), "X-Request-ID")));
      return HandlerResponse::Handled;
    });
    set_post_routing_handler([](const httplib::Request& request, httplib::Response& response) {
      // httplib closes after every error; ours are answered with the whole request read, so the gateway may
      // keep its connection.
      response.headers.erase("Keep-Alive");
      response.headers.erase("Accept-Ranges");
      response.headers.erase("Connection");
      currentExchange->keepAlive = currentExchange->keepAlive && !currentExchange->loop.stopping();
      if (!currentExchange->keepAlive) {
        response.headers.emplace("Connection", "close");
      } else if (request.version == "HTTP/1.0") {
        response.headers.emplace("Connection", "keep-alive");
      }
      if (response.status == 204) {
        response.headers.erase("Content-Length");
      }
    });
  }

  /// False: the connection must not be used again.
  bool answer(Exchange& exchange) {
    currentExchange = &exchange;
    MessageStream stream(exchange);
    bool closed = false;
    const bool written = process_request(stream, std::string(exchange.connection.peerAddress()), 0, {}, 0,
                                         !exchange.keepAlive, closed, nullptr);
    currentExchange = nullptr;
    return written && exchange.answered && exchange.sent && exchange.keepAlive;
  }
};

std::string refusalText(const HttpAnswer& answer) {
  std::string text = "HTTP/1.1 " + std::to_string(answer.status) + ' ' +
                     httplib::status_message(answer.status) + "\r\nContent-Type: " + answer.contentType +
                     "\r\nContent-Length: " + std::to_string(answer.body.size()) +
                     "\r\nConnection: close\r\n";
  for (const auto& [name, value] : answer.headers) {
    text += name + ": " + value + "\r\n";
  }
  return text + "\r\n" + answer.body;
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
  Impl(HttpServerConfig config, const RequestDispatcher& dispatcher)
      : config_(std::move(config)), dispatcher_(dispatcher), loop_(loopConfig(), handlers()) {}

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
    return {counts.connections, counts.workers, counts.busyWorkers, counts.waiting, counts.evicted};
  }

 private:
  ConnectionLoopConfig loopConfig() const {
    ConnectionLoopConfig result;
    result.framing.headerBytes = config_.maxHeaderBytes;
    result.framing.pathBytes = config_.maxPathBytes;
    result.framing.bodyBytes = config_.maxBodyBytes;
    result.maxConnections = config_.maxConnections;
    result.maxBufferedBytes = config_.maxBufferedBytes;
    result.receiveTimeout = config_.receiveTimeout;
    result.idleTimeout = config_.idleTimeout;
    return result;
  }
  ConnectionLoopHandlers handlers() {
    return {[this](Connection& connection) {
              Exchange exchange{connection, dispatcher_, loop_, config_.sendTimeout};
              exchange.keepAlive = connection.framing().head().keepAlive;
              return protocol_.answer(exchange);
            },
            [this](const Fault& fault, const RequestHead& head) {
              return refusalText(dispatcher_.refuse(fault, headerOf(head, "X-Request-ID")));
            }};
  }

  const HttpServerConfig config_;
  const RequestDispatcher& dispatcher_;
  ProtocolServer protocol_;
  int port_ = 0;
  ConnectionLoop loop_;
};

HttpServer::HttpServer(HttpServerConfig config, const RequestDispatcher& dispatcher)
    : impl_(std::make_unique<Impl>(std::move(config), dispatcher)) {}
HttpServer::~HttpServer() = default;
Result<Done> HttpServer::start() { return impl_->start(); }
void HttpServer::stop(std::chrono::milliseconds grace) { impl_->stop(grace); }
int HttpServer::port() const noexcept { return impl_->port(); }
HttpServerState HttpServer::state() const { return impl_->state(); }

}  // namespace ks
