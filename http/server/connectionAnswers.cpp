#include <string_view>
#include <utility>

#include "http/server/connectionLoop.hpp"
#include "http/server/responseWriter.hpp"
#include "http/server/waitRule.hpp"

// The part of the connection loop that asks the handler.
namespace ks {

bool ConnectionLoop::isQuick(const Connection& connection) const {
  const RequestHead& head = connection.framing().head();
  return handler_.isQuick(httpMethodFromName(head.method), head.target);
}

std::string ConnectionLoop::answerOf(const Connection& connection, bool& goesOn,
                                     EventStreamPtr& stream) const {
  const RequestHead& head = connection.framing().head();
  HttpRequest request;
  request.method = httpMethodFromName(head.method);
  request.target = head.target;
  request.body = connection.body();
  request.headers = head.headers;
  request.peerAddress = connection.peerAddress();
  request.overUnixSocket = socket_.isUnix();
  auto answer = handler_.dispatch(request);
  goesOn = head.keepAlive && !answer.stream && !stopping();
  auto text = answerText(answer, {goesOn, head.version10, head.method == "HEAD"});
  stream = std::move(answer.stream);
  return text;
}

bool ConnectionLoop::answer(Connection& connection) const {
  bool goesOn = false;
  EventStreamPtr stream;
  auto text = answerOf(connection, goesOn, stream);
  if (stream) {
    text += kStreamBegin;
    connection.stream = std::move(stream);
  }
  connection.give(std::move(text));
  return connection.flush().has_value() && goesOn;
}

ConnectionLoop::AtOnce ConnectionLoop::answerAtOnce(Connection& connection) const {
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

std::string ConnectionLoop::refusalOf(const Connection& connection, const Fault& fault) const {
  const RequestHead& head = connection.framing().head();
  HttpRequest request;
  request.headers = head.headers;
  return answerText(handler_.refuse(fault, request.header("X-Request-ID")), {.head = head.method == "HEAD"});
}

std::unique_ptr<HttpServer> makeLoopServer(HttpServerConfig config, const RequestHandlerInterface& handler) {
  return std::make_unique<ConnectionLoop>(std::move(config), handler);
}

}  // namespace ks
