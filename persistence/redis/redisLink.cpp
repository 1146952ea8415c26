#include "persistence/redis/redisLink.hpp"

#include <fcntl.h>
#include <hiredis.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <utility>

namespace ks {
namespace {

timeval timevalOf(Milliseconds duration) {
  return {static_cast<time_t>(duration.count() / 1000),
          static_cast<suseconds_t>(duration.count() % 1000 * 1000)};
}

RedisValue valueOf(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      return RedisValue::ofText({reply.str, static_cast<std::size_t>(reply.len)});
    case REDIS_REPLY_ERROR:
      return RedisValue::ofError({reply.str, static_cast<std::size_t>(reply.len)});
    case REDIS_REPLY_INTEGER:
      return RedisValue::ofInteger(reply.integer);
    case REDIS_REPLY_ARRAY: {
      std::vector<RedisValue> elements;
      elements.reserve(reply.elements);
      for (std::size_t i = 0; i < reply.elements; ++i) {
        elements.push_back(valueOf(*reply.element[i]));
      }
      return RedisValue::ofArray(std::move(elements));
    }
    default:
      return {};
  }
}

}  // namespace

void RedisLink::Deleter::operator()(redisContext* context) const noexcept { redisFree(context); }

RedisLink::RedisLink(RedisConfig config) : config_(std::move(config)) {
  // hiredis 0.14 writes to closed sockets without MSG_NOSIGNAL.
  static std::once_flag once;
  std::call_once(once, [] { std::signal(SIGPIPE, SIG_IGN); });
}
RedisLink::~RedisLink() = default;

Result<Done> RedisLink::open() {
  close();
  auto address = parseRedisUrl(config_.url);
  if (!address.ok()) {
    return std::move(address.fault());
  }
  const RedisAddress& server = address.value();
  const timeval connectTimeout = timevalOf(config_.connectTimeout);
  context_.reset(server.host.empty()
                     ? redisConnectUnixWithTimeout(server.path.c_str(), connectTimeout)
                     : redisConnectWithTimeout(server.host.c_str(), server.port, connectTimeout));
  if (context_ == nullptr || context_->err != 0) {
    return lost("connecting to " + server.display() + " failed");
  }
  if (!server.host.empty()) {
    redisEnableKeepAlive(context_.get());
  }
  const int flags = fcntl(context_->fd, F_GETFL);
  if (flags < 0 || fcntl(context_->fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    return lost("non-blocking mode refused");
  }
  // This code waits with poll; without this flag hiredis treats EAGAIN as a fault.
  context_->flags &= ~REDIS_BLOCK;
  std::vector<RedisCommand> greeting;
  if (!server.password.empty()) {
    greeting.push_back(server.user.empty() ? RedisCommand{"AUTH", server.password}
                                           : RedisCommand{"AUTH", server.user, server.password});
  }
  if (server.database != 0) {
    greeting.push_back({"SELECT", std::to_string(server.database)});
  }
  const Time deadline = std::chrono::steady_clock::now() + config_.connectTimeout;
  if (auto sent = send(greeting, deadline); !sent.ok()) {
    return sent;
  }
  for (const auto& command : greeting) {
    auto answer = receive(deadline);
    if (!answer.ok() || answer.value().isError()) {
      const std::string cause = answer.ok() ? answer.value().text : answer.fault().detail;
      close();
      return makeFault(ErrorCode::dependencyUnavailable,
                       server.display() + " refused " + command.front() + ": " + cause);
    }
  }
  return Done{};
}

void RedisLink::close() { context_.reset(); }

bool RedisLink::isQuiet() const {
  pollfd socket{context_->fd, POLLIN, 0};
  return poll(&socket, 1, 0) == 0;
}

int RedisLink::waitFor(short events, Time deadline) const {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now())
            .count();
    if (left < 0) {
      return 0;
    }
    pollfd socket{context_->fd, events, 0};
    const int ready = poll(&socket, 1, static_cast<int>(std::min<std::int64_t>(left + 1, 60'000)));
    if (ready > 0) {
      return 1;
    }
    if (ready < 0 && errno != EINTR) {
      return -1;
    }
  }
}

Result<Done> RedisLink::send(const std::vector<RedisCommand>& commands, Time deadline) {
  std::vector<const char*> arguments;
  std::vector<std::size_t> lengths;
  for (const auto& command : commands) {
    arguments.clear();
    lengths.clear();
    for (const auto& argument : command) {
      arguments.push_back(argument.data());
      lengths.push_back(argument.size());
    }
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(arguments.size()), arguments.data(),
                               lengths.data()) != REDIS_OK) {
      return lost("command refused");
    }
  }
  for (int done = commands.empty() ? 1 : 0; done == 0;) {
    if (waitFor(POLLOUT, deadline) != 1 || redisBufferWrite(context_.get(), &done) != REDIS_OK) {
      return lost("sending failed");
    }
  }
  return Done{};
}

Result<RedisValue> RedisLink::receive(Time deadline) {
  for (;;) {
    void* raw = nullptr;
    if (redisReaderGetReply(context_->reader, &raw) != REDIS_OK) {
      return lost("answer is not of Redis's protocol");
    }
    if (raw != nullptr) {
      const std::unique_ptr<redisReply, void (*)(void*)> reply(static_cast<redisReply*>(raw),
                                                               freeReplyObject);
      return valueOf(*reply);
    }
    if (context_->reader->len > kMostReplyBytes) {
      return lost("answer is longer than allowed");
    }
    const int ready = waitFor(POLLIN, deadline);
    if (ready == 0) {
      return makeFault(ErrorCode::timeout, "Redis did not answer in time");
    }
    if (ready < 0 || redisBufferRead(context_.get()) != REDIS_OK) {
      return lost("reading failed");
    }
  }
}

Fault RedisLink::lost(const std::string& what) {
  const std::string cause =
      context_ != nullptr && context_->err != 0 ? std::string(": ") + context_->errstr : "";
  close();
  return retryFault(ErrorCode::dependencyUnavailable, 1, "Redis: " + what + cause);
}

}  // namespace ks
