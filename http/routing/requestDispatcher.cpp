#include "http/routing/requestDispatcher.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include "core/logging/logging.hpp"
#include "core/network/ipAddress.hpp"
#include "core/text/requestId.hpp"
#include "core/text/utf8.hpp"
#include "http/routing/crossOrigin.hpp"
#include "http/routing/errorBody.hpp"
#include "http/server/urlText.hpp"
#include "http/server/waitRule.hpp"
#include "messages/platform/requestAudit.hpp"

namespace ks {
namespace {

/// X-Route of unknown paths, so a scanner's paths are one line of the statistics and not
/// thousands.
constexpr const char* kUnknownRoute = "(unknown)";

constexpr std::size_t kUserAgentBytes = 256;
constexpr std::size_t kDeviceIdBytes = 128;

bool isLoopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

ClientInfo clientOf(const HttpRequest& request) {
  ClientInfo client;
  if (const auto ip =
          IpAddress::parse(request.overUnixSocket ? request.header("X-Real-IP") : request.peerAddress)) {
    client.ip = ip->toString();
  }
  const auto agent = request.header("User-Agent").substr(0, kUserAgentBytes);
  client.userAgent = isUtf8(agent) ? std::string(agent) : replaceBadUtf8(agent);
  const auto device = request.cookie(kDeviceCookie);
  client.deviceId = device.size() <= kDeviceIdBytes ? device : std::string_view{};
  return client;
}

/// This media type, with no parameter but charset=utf-8.
bool isMediaType(std::string_view value, const std::string& wanted) {
  auto type = lowerAscii(value);
  std::erase_if(type, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
  return type == wanted || type == wanted + ";charset=utf-8";
}

bool isTokenFault(ErrorCode code) {
  return code == ErrorCode::tokenMissing || code == ErrorCode::tokenInvalid ||
         code == ErrorCode::tokenExpired;
}

/// Refused deliberately and counted; a log line for each would make overload worse, or say nothing new.
bool isDeliberate(ErrorCode code) {
  return code == ErrorCode::overloaded || code == ErrorCode::shuttingDown || code == ErrorCode::paymentsOff;
}

/// The credentials were wrong, or a rule refused.
AuditOutcome outcomeOf(ErrorCode refused) {
  const auto status = describe(refused).httpStatus;
  return status == 400 || status == 401 || status == 410 ? AuditOutcome::fail : AuditOutcome::deny;
}

void setHeaderUnlessThere(HttpResponse& answer, std::string_view name, std::string_view value) {
  const bool there = std::any_of(answer.headers.begin(), answer.headers.end(),
                                 [name](const auto& header) { return header.first == name; });
  if (!there) {
    answer.headers.emplace_back(name, value);
  }
}

}  // namespace

RequestDispatcher::RequestDispatcher(const RouteTable& routes, DispatcherConfig config)
    : routes_(routes), config_(std::move(config)) {}

std::string RequestDispatcher::requestIdOf(const HttpRequest& request) const {
  const auto given = request.header("X-Request-ID");
  return isRequestId(given) ? std::string(given) : config_.ids->next().toString();
}

HttpResponse RequestDispatcher::callHandler(const Route& route, RouteMatch&& match,
                                            const HttpRequest& request, RequestContext& context,
                                            std::string_view query) const {
  auto caller = admitCaller(config_.authentication, route.spec, request, context);
  if (!caller) {
    return HttpResponse(std::move(caller.fault()));
  }
  LogScopeGuard scope({context.requestId, context.userIdText()});
  if (request.body.size() > route.spec.bodyLimit) {
    return ErrorCode::payloadTooLarge;
  }
  const bool ofLines = route.spec.lines != nullptr;
  if (!request.body.empty() && !route.spec.rawBody &&
      !isMediaType(request.header("Content-Type"), ofLines ? "application/x-ndjson" : "application/json")) {
    auto fault = makeFault(ErrorCode::unsupportedMediaType);
    if (ofLines) {
      fault.message = "Send the body as application/x-ndjson";
    }
    return HttpResponse(std::move(fault));
  }
  auto pairs = parseQuery(query);
  if (!pairs) {
    return HttpResponse(std::move(pairs.fault()));
  }
  EventStreamPtr stream;
  if (route.spec.streams) {
    if (match.head) {
      return HttpResponse::text(200, std::string(kEventStreamType), {});
    }
    auto opened = openStream(context);
    if (!opened) {
      return HttpResponse(std::move(opened.fault()));
    }
    stream = std::move(opened.value());
  }
  return route.invoke(
      RawCall{context, request, caller.value(), stream, std::move(pairs.value()), std::move(match.path)});
}

Result<EventStreamPtr> RequestDispatcher::openStream(const RequestContext& context) const {
  auto pass = config_.streams->enter(context.principal ? context.principal->userId : Uuid{});
  if (!pass) {
    return std::move(pass.fault());
  }
  std::function<bool()> ended;
  if (context.principal && config_.authentication.sessionEnded) {
    ended = [ask = config_.authentication.sessionEnded, principal = context.principal] {
      return ask(*principal);
    };
  }
  return std::make_shared<EventStream>(std::move(pass.value()), std::move(ended));
}

HttpResponse RequestDispatcher::route(const HttpRequest& request, RequestContext& context,
                                      std::string& routeName, std::size_t& routeIndex) const {
  const auto queryStart = std::min(request.target.find('?'), request.target.size());
  auto match = routes_.match(request.method, request.target.substr(0, queryStart));
  if (match.route == nullptr) {
    routeName = kUnknownRoute;
    if (match.allowed.empty()) {
      return ErrorCode::notFound;
    }
    HttpResponse answer = request.method == HttpMethod::options ? HttpResponse::empty()
                                                                : HttpResponse(ErrorCode::methodNotAllowed);
    answer.setHeader("Allow", match.allowed);
    return answer;
  }
  const Route& found = *match.route;
  if (found.spec.reach == RouteReach::loopbackOnly &&
      (request.overUnixSocket || !isLoopback(request.peerAddress))) {
    return ErrorCode::notFound;
  }
  routeName = found.spec.path;
  routeIndex = found.index;
  context.client = clientOf(request);
  context.deadline = std::chrono::steady_clock::now() + found.spec.deadline;
  const auto query = request.target.substr(std::min(queryStart + 1, request.target.size()));
  if (!found.spec.admitted) {
    return callHandler(found, std::move(match), request, context, query);
  }
  if (config_.gate->draining()) {
    return HttpResponse(noPlaceFault(config_.gate->enter().refusal()));
  }
  const WaitAdmission admission(*config_.gate);
  return callHandler(found, std::move(match), request, context, query);
}

void RequestDispatcher::finish(HttpResponse& answer, const std::string& requestId) const {
  if (answer.fault) {
    Fault& fault = *answer.fault;
    if (answer.status == 503 && fault.retryAfterS == 0) {
      fault.retryAfterS = 1;
    }
    answer.body = renderErrorBody(fault, requestId, config_.clock->now());
    answer.contentType = "application/json";
    if (fault.retryAfterS > 0) {
      answer.setHeader("Retry-After", std::to_string(fault.retryAfterS));
    }
    if (isTokenFault(fault.code)) {
      answer.setHeader("WWW-Authenticate", "Bearer");
    }
  }
  setHeaderUnlessThere(answer, "Cache-Control", "no-store");
  answer.setHeader("X-Request-ID", requestId);
}

void RequestDispatcher::auditRefusal(const Fault& fault, const HttpRequest& request,
                                     const RequestContext& context) const {
  if (fault.audit) {
    config_.refusals->note(*fault.audit);
    return;
  }
  if (!isRefusal(fault.code)) {
    return;
  }
  const auto match = routes_.match(request.method, request.target.substr(0, request.target.find('?')));
  if (match.route == nullptr) {
    return;
  }
  auto event = requestAudit(context, "request.refuse", config_.ids->next(), config_.clock->now());
  event.outcome = outcomeOf(fault.code);
  event.reason = reasonName(fault.code);
  event.targetType = "route";
  event.targetId = std::string{httpMethodName(request.method)} + " " + match.route->spec.path;
  for (const auto& [name, value] : match.path) {
    if (Uuid::parse(value)) {  // other values could be anything
      event.after.emplace_back(name, value);
    }
  }
  config_.refusals->note(std::move(event));
}

bool RequestDispatcher::isQuick(HttpMethod method, std::string_view target) const {
  if (method != HttpMethod::get) {
    return false;
  }
  const auto match = routes_.match(method, target.substr(0, target.find('?')));
  return match.route != nullptr && match.route->spec.quick;
}

HttpResponse RequestDispatcher::dispatch(const HttpRequest& request) const {
  const auto start = std::chrono::steady_clock::now();
  RequestContext context;
  context.requestId = requestIdOf(request);
  LogScopeGuard scope({context.requestId, {}});
  std::string routeName;
  std::size_t routeIndex = RequestMetrics::kNoRoute;
  HttpResponse answer;
  try {
    answer = route(request, context, routeName, routeIndex);
  } catch (const WouldWait&) {
    throw;
  } catch (const std::exception& error) {
    answer = HttpResponse(makeFault(ErrorCode::internal, error.what()));
  } catch (...) {
    answer =
        HttpResponse(makeFault(ErrorCode::internal, "a handler threw something other than a std::exception"));
  }
  const auto took = std::chrono::steady_clock::now() - start;
  std::string userId = answer.userId.empty() ? context.userIdText() : std::move(answer.userId);
  LogScopeGuard userScope({context.requestId, userId});
  if (answer.fault && answer.status >= 500 && !isDeliberate(answer.fault->code)) {
    logFault("http.request.failed", "A request failed", *answer.fault,
             {{"route", routeName}, {"status", answer.status}});
  } else if (logLevel() == LogLevel::debug) {
    logDebug("http.request", "A request was answered",
             {{"method", httpMethodName(request.method)},
              {"route", routeName},
              {"status", answer.status},
              {"took_us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()}});
  }
  if (answer.fault && config_.refusals != nullptr) {
    auditRefusal(*answer.fault, request, context);
  }
  finish(answer, context.requestId);
  if (!routeName.empty()) {
    answer.setHeader("X-Route", routeName);
  }
  if (!userId.empty()) {
    answer.setHeader("X-User-ID", std::move(userId));
  }
  if (config_.authentication.trustedOrigins) {
    addCrossOriginHeaders(answer, request, config_.authentication.trustedOrigins());
  }
  config_.metrics->count(routeIndex, answer.status, took);
  return answer;
}

HttpResponse RequestDispatcher::refuse(Fault fault, std::string_view requestId) const {
  HttpResponse answer(std::move(fault));
  finish(answer, isRequestId(requestId) ? std::string(requestId) : config_.ids->next().toString());
  config_.metrics->count(RequestMetrics::kNoRoute, answer.status, std::chrono::nanoseconds(0));
  return answer;
}

}  // namespace ks
