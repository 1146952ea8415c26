#include <fcntl.h>
#include <httplib.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "http/server/httpServer.hpp"
#include "http/server/httplibStream.hpp"
#include "http/server/listenSocket.hpp"
#include "http/server/requestParser.hpp"
#include "http/server/responseWriter.hpp"

namespace ks {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How often a thread looks up from an idle connection or an event stream.
constexpr milliseconds kLook{100};
/// After a refusal the peer may still be sending; closing at once would destroy the answer on its way.
constexpr milliseconds kLinger{2'000};
/// An idle connection holds a thread too.
constexpr std::size_t kThreadsPerWorker = 2;

struct Session {
  explicit Session(int socket) : descriptor(socket), stream(socket) {}
  const int descriptor;
  ConnectionStream stream;
  std::string peer;
  bool closes = false;   ///< after the present answer
  bool refused = false;  ///< it was no request
  EventStreamPtr events;
};

/// Whose request httplib hands to a handler on this thread.
thread_local Session* session = nullptr;
/// The task at hand has no place in the queue.
thread_local bool noPlace = false;

/// httplib's pool of threads. What its queue does not take is run by the accepting thread, to say so.
class BoundedQueue final : public httplib::TaskQueue {
 public:
  BoundedQueue(std::size_t threads, std::size_t places, std::atomic<std::size_t>& waiting)
      : pool_(threads, 0, places), waiting_(waiting) {}
  bool enqueue(std::function<void()> task) override {
    ++waiting_;
    if (!pool_.enqueue([this, task] {
          --waiting_;
          task();
        })) {
      --waiting_;
      noPlace = true;
      task();
      noPlace = false;
    }
    return true;
  }
  void shutdown() override { pool_.shutdown(); }

 private:
  httplib::ThreadPool pool_;
  std::atomic<std::size_t>& waiting_;
};

ErrorCode refusalCode(int status) {
  constexpr std::pair<int, ErrorCode> kCodes[] = {{413, ErrorCode::payloadTooLarge},
                                                  {414, ErrorCode::uriTooLong},
                                                  {415, ErrorCode::unsupportedMediaType},
                                                  {500, ErrorCode::internal}};
  const auto* found = std::find_if(std::begin(kCodes), std::end(kCodes),
                                   [status](const auto& one) { return one.first == status; });
  return found == std::end(kCodes) ? ErrorCode::badRequest : found->second;
}

class HttplibServer final : public HttpServer, private httplib::Server {
 public:
  HttplibServer(HttpServerConfig config, const RequestHandlerInterface& handler)
      : config_(std::move(config)), handler_(handler), threads_(kThreadsPerWorker * config_.threads) {
    new_task_queue = [this] {
      const auto places = std::max(config_.maxConnections, threads_ + 1) - threads_;
      return new BoundedQueue(threads_, places, waiting_);
    };
    set_payload_max_length(config_.maxBodyBytes);
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      response.status = refusedBeforeBody(request);
      return response.status < 0 ? httplib::Server::HandlerResponse::Unhandled
                                 : httplib::Server::HandlerResponse::Handled;
    });
    // There are no routes: a whole request ends as httplib's 404, and here.
    set_error_handler(
        [this](const httplib::Request& request, httplib::Response& response) { answer(request, response); });
    // Called before the answer is written, with the headers that httplib has added.
    set_post_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      for (const char* name : {"Connection", "Keep-Alive", "Accept-Ranges"}) {
        response.headers.erase(name);
      }
      if (session->closes || request.version == "HTTP/1.0") {
        response.set_header("Connection", session->closes ? "close" : "keep-alive");
      }
      if (session->events || response.status == httplib::StatusCode::NoContent_204 ||
          response.status == httplib::StatusCode::NotModified_304) {
        response.headers.erase("Content-Length");
      }
      session->stream.setDeadline(Clock::now() + (session->refused ? kLinger : config_.sendTimeout));
    });
  }
  ~HttplibServer() override { HttplibServer::stop(milliseconds(0)); }

  Result<Done> start() override {
    auto socket = ListenSocket::on(config_.unixSocket, config_.unixSocketMode, config_.host, config_.port);
    if (!socket) {
      return std::move(socket.fault());
    }
    socket_ = std::move(socket.value());
    // httplib closes its own copy and waits in accept().
    const int copy = fcntl(socket_.descriptor(), F_DUPFD_CLOEXEC, 0);
    if (copy < 0 || fcntl(copy, F_SETFL, fcntl(copy, F_GETFL) & ~O_NONBLOCK) != 0) {
      return makeFault(ErrorCode::internal, std::strerror(errno));
    }
    svr_sock_ = copy;
    thread_ = std::thread([this] { listen_after_bind(); });
    wait_until_ready();
    return Done{};
  }

  void stop(milliseconds grace) override {
    if (!thread_.joinable()) {
      return;
    }
    stopping_ = true;
    httplib::Server::stop();
    socket_.close();
    {
      std::unique_lock lock(mutex_);
      ended_.wait_for(lock, grace, [this] { return descriptors_.empty() && waiting_ == 0; });
      abandoned_ = true;
      for (const int descriptor : descriptors_) {
        shutdown(descriptor, SHUT_RDWR);
      }
    }
    thread_.join();
  }

  [[nodiscard]] int port() const noexcept override { return socket_.port(); }

  [[nodiscard]] HttpServerState state() const override {
    return {.connections = served_ + waiting_,
            .workers = threads_,
            .busyWorkers = busy_,
            .waitingRequests = waiting_,
            .evictedConnections = evicted_,
            .eventStreams = streams_,
            .droppedStreams = droppedStreams_,
            .droppedAnswers = droppedAnswers_};
  }

 private:
  bool process_and_close_socket(socket_t descriptor) override {
    if (noPlace) {
      refuseForLoad(descriptor);
    } else if (!abandoned_) {
      ++served_;
      std::unique_lock lock(mutex_);
      descriptors_.insert(descriptor);
      lock.unlock();
      serve(descriptor);
      lock.lock();
      descriptors_.erase(descriptor);
      ended_.notify_all();
      --served_;
    }
    ::close(descriptor);
    return true;
  }

  void refuseForLoad(int descriptor) {
    auto fault = makeFault(ErrorCode::overloaded);
    fault.retryAfterS = 1;
    const auto text = answerText(handler_.refuse(std::move(fault), {}), {});
    send(descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(descriptor, SHUT_WR);
    drain(descriptor);
    ++evicted_;
  }

  /// Reads and forgets what is there. False at the end of the stream.
  static bool drain(int descriptor) {
    char ignored[16 * 1024];
    ssize_t count = 0;
    while ((count = recv(descriptor, ignored, sizeof(ignored), MSG_DONTWAIT)) > 0) {
    }
    return count < 0 && errno == EAGAIN;
  }

  void serve(int descriptor) {
    Session own(descriptor);
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
    own.peer = addressText(address);
    session = &own;
    while (!own.closes && awaitRequest(own)) {
      own.stream.beginRequest(config_.maxHeaderBytes, Clock::now() + config_.receiveTimeout);
      ++busy_;
      const bool done = process_request(own.stream, own.peer, 0, {}, 0, false, own.closes,
                                        [&own](httplib::Request& request) { headRead(own, request); });
      --busy_;
      own.closes = own.closes || !done;
    }
    droppedAnswers_ += own.stream.readerTooSlow() ? 1 : 0;
    if (own.events) {
      serveEvents(own);
    }
    shutdown(descriptor, SHUT_WR);
    if (own.refused) {
      const auto end = Clock::now() + kLinger;
      while (drain(descriptor) && !stopping_ && !othersWait() && Clock::now() < end) {
        awaits(descriptor, POLLIN, kLook);
      }
    }
    session = nullptr;
  }

  static void headRead(Session& own, httplib::Request& request) {
    own.stream.endHead();
    // httplib percent-decodes values, also into what ends a line or a cookie.
    request.headers.clear();
    for (const auto& [name, value] : headersOf(own.stream.head())) {
      request.headers.emplace(name, value);
    }
    // httplib "drains" a body that nobody has announced: it would take the next request for one.
    request.body_consumed_ =
        !request.has_header("Content-Length") && !request.has_header("Transfer-Encoding");
  }

  /// The status for what httplib would read in a way that others might not, or only refuse after the whole
  /// body; -1: none.
  [[nodiscard]] int refusedBeforeBody(const httplib::Request& request) const {
    const auto coding = request.headers.equal_range("Transfer-Encoding");
    if (coding.first != coding.second &&
        (std::distance(coding.first, coding.second) > 1 || !equalNoCase(coding.first->second, "chunked") ||
         request.has_header("Content-Length"))) {
      return httplib::StatusCode::BadRequest_400;
    }
    const auto lengths = request.headers.equal_range("Content-Length");
    if (std::any_of(lengths.first, lengths.second, [](const auto& header) {
          return header.second.empty() || header.second.find_first_not_of("0123456789") != std::string::npos;
        })) {
      return httplib::StatusCode::BadRequest_400;
    }
    if (request.get_header_value_u64("Content-Length") > config_.maxBodyBytes) {
      return httplib::StatusCode::PayloadTooLarge_413;
    }
    const auto pathBytes = std::min(request.target.find('?'), request.target.size());
    return pathBytes > config_.maxPathBytes || request.target.size() > FramingLimits{}.targetBytes
               ? httplib::StatusCode::UriTooLong_414
               : -1;
  }

  /// Whether another request begins before the connection has been idle for too long or is in the way.
  bool awaitRequest(const Session& own) {
    const auto end = Clock::now() + config_.idleTimeout;
    while (!own.stream.hasMore() && !awaits(own.descriptor, POLLIN, stopping_ ? milliseconds(0) : kLook)) {
      if (stopping_ || Clock::now() >= end) {
        return false;
      }
      if (othersWait()) {
        ++evicted_;
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] bool othersWait() const { return waiting_ > 0 && served_ >= threads_; }

  void answer(const httplib::Request& request, httplib::Response& response) {
    HttpResponse answer;
    if (response.status == httplib::StatusCode::NotFound_404) {
      HttpRequest whole;
      whole.method = httpMethodFromName(request.method);
      whole.target = request.target;
      whole.body = request.body;
      whole.headers.assign(request.headers.begin(), request.headers.end());
      whole.peerAddress = session->peer;
      whole.overUnixSocket = socket_.isUnix();
      answer = handler_.dispatch(whole);
    } else {
      session->refused = true;
      const auto id = request.headers.find("X-Request-ID");
      answer = handler_.refuse(makeFault(refusalCode(response.status)),
                               id == request.headers.end() ? std::string_view{} : id->second);
    }
    session->closes =
        session->closes || session->refused || stopping_ || othersWait() || answer.stream != nullptr;
    session->events = std::move(answer.stream);
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) {
      response.set_header(name, value);
    }
    if (!answer.contentType.empty()) {
      response.set_header("Content-Type", answer.contentType);
    }
    response.body = std::move(answer.body);
  }

  void serveEvents(Session& own) {
    const auto signal = std::make_shared<LoopSignal>();
    own.events->attach(signal);
    ++streams_;
    const auto end = Clock::now() + config_.streamLifetime;
    auto lastSent = Clock::now();
    std::string pending = kStreamBegin;
    while (!stopping_ && Clock::now() < end && !own.events->sessionEnded()) {
      if (!own.events->open()) {
        ++droppedStreams_;
        break;
      }
      if (pending.empty()) {
        own.events->take(pending);
      }
      if (pending.empty() && Clock::now() - lastSent >= config_.streamHeartbeat) {
        pending = kStreamHeartbeat;
      }
      const auto sent = send(own.descriptor, pending.data(), pending.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) {
        pending.erase(0, static_cast<std::size_t>(sent));
        lastSent = Clock::now();
      }
      if ((sent < 0 && errno != EAGAIN) || !drain(own.descriptor)) {
        break;
      }
      pollfd watched[2] = {
          {own.descriptor, static_cast<short>(pending.empty() ? POLLIN : POLLIN | POLLOUT), 0},
          {signal->descriptor(), POLLIN, 0}};
      poll(watched, 2, static_cast<int>(kLook.count()));
      signal->clear();
    }
    own.events->close();
    --streams_;
  }

  const HttpServerConfig config_;
  const RequestHandlerInterface& handler_;
  const std::size_t threads_;
  ListenSocket socket_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::set<int> descriptors_;  ///< of the connections that a thread has
  std::atomic<bool> stopping_{false};
  std::atomic<bool> abandoned_{false};  ///< and its grace is over
  std::atomic<std::size_t> served_{0};
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::size_t> busy_{0};
  std::atomic<std::size_t> streams_{0};
  std::atomic<std::uint64_t> evicted_{0};
  std::atomic<std::uint64_t> droppedStreams_{0};
  std::atomic<std::uint64_t> droppedAnswers_{0};
};

}  // namespace

std::unique_ptr<HttpServer> makeHttplibServer(HttpServerConfig config,
                                              const RequestHandlerInterface& handler) {
  return std::make_unique<HttplibServer>(std::move(config), handler);
}

}  // namespace ks
