#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "http/routing/idempotencyKey.hpp"
#include "http/routing/listAnswer.hpp"
#include "http/routing/requestCall.hpp"
#include "http/routing/routeSpec.hpp"
#include "http/routing/versionTag.hpp"

namespace ks {

/// One way a route succeeds.
struct RouteOutput {
  int status = 200;
  std::string description = {};
  const ObjectSchemaInterface* schema = nullptr;  ///< nullptr: no body, or `contentType` other than JSON
  std::string contentType = "application/json";
  bool hasNextCursor = false;  ///< the next page's cursor is a header (http/routing/listAnswer.hpp)
  bool hasTag = false;         ///< its version, or the hash of its text, is the header ETag
};

/// For handlers that answer an HttpResponse of their own making.
template <class T>
[[nodiscard]] RouteOutput output(int status, const std::string& description) {
  return {.status = status, .description = description, .schema = &schemaOf<T>(), .hasTag = hasVersion<T>};
}
[[nodiscard]] inline RouteOutput noBody(int status, std::string description) {
  return {status, std::move(description), nullptr, {}};
}

/// How a route succeeds whose handler returns a record, a ListAnswer, Done, or a Result of one. The schema is
/// that of what it returns.
struct RouteAnswer {
  int status = 200;
  std::string description;
};
[[nodiscard]] inline RouteAnswer ok(std::string description) { return {200, std::move(description)}; }
[[nodiscard]] inline RouteAnswer created(std::string description) { return {201, std::move(description)}; }
[[nodiscard]] inline RouteAnswer accepted(std::string description) { return {202, std::move(description)}; }
/// Whatever the handler returns.
[[nodiscard]] inline RouteAnswer noContent(std::string description) { return {204, std::move(description)}; }

namespace detail {

template <class Handler>
struct HandlerOf : HandlerOf<decltype(&Handler::operator())> {};
template <class Handler, class Returned, class BodyType, class QueryType, class PathType>
struct HandlerOf<Returned (Handler::*)(const RequestCall<BodyType, QueryType, PathType>&) const> {
  using Body = BodyType;
  using Query = QueryType;
  using Path = PathType;
  using Out = Returned;
};

/// The schema of an input, or none.
template <class T>
const ObjectSchemaInterface* inputSchema() {
  if constexpr (std::is_same_v<T, NoInput>) {
    return nullptr;
  } else {
    return &schemaOf<T>();
  }
}

/// How what a handler returns is documented and written.
template <class Out>
struct Rendering {
  static std::vector<RouteOutput> outputs(const RouteAnswer& answer) {
    return {output<Out>(answer.status, answer.description)};
  }
  static HttpResponse answer(const HttpRequest& /*request*/, int status, const Out& out) {
    return recordAnswer(status, out);
  }
};
template <>
struct Rendering<Done> {
  static std::vector<RouteOutput> outputs(const RouteAnswer& answer) {
    return {noBody(answer.status, answer.description)};
  }
  static HttpResponse answer(const HttpRequest& /*request*/, int status, const Done& /*out*/) {
    return HttpResponse::empty(status);
  }
};
template <class Row>
struct Rendering<ListAnswer<Row>> {
  static std::vector<RouteOutput> outputs(const RouteAnswer& answer) {
    RouteOutput csv{answer.status, answer.description, nullptr, "text/csv"};
    csv.hasNextCursor = true;
    return {output<ListAnswer<Row>>(answer.status, answer.description), std::move(csv)};
  }
  static HttpResponse answer(const HttpRequest& request, int /*status*/, const ListAnswer<Row>& list) {
    return listAnswer(request, list);
  }
};
template <class Out>
struct Rendering<Result<Out>> {
  static std::vector<RouteOutput> outputs(const RouteAnswer& answer) {
    return Rendering<Out>::outputs(answer);
  }
  static HttpResponse answer(const HttpRequest& request, int status, Result<Out> out) {
    return out ? Rendering<Out>::answer(request, status, out.value()) : HttpResponse(std::move(out.fault()));
  }
};

/// What a handler without an answer of its own returned: only a fault of it is told.
template <class Out>
HttpResponse withoutBody(Out out) {
  static_assert(!std::is_same_v<Out, HttpResponse>, "an answer of its own is declared with its outputs");
  if constexpr (requires { out.fault(); }) {
    if (!out) {
      return HttpResponse(std::move(out.fault()));
    }
  }
  return HttpResponse::empty();
}

}  // namespace detail

/// A call before its inputs are typed.
struct RawCall {
  const RequestContext& context;
  const HttpRequest& request;
  const Authenticated& caller;
  const EventStreamPtr& stream;
  TextPairs query;
  TextPairs path;
};

struct Route {
  RouteSpec spec;
  const ObjectSchemaInterface* bodySchema = nullptr;
  const ObjectSchemaInterface* querySchema = nullptr;
  const ObjectSchemaInterface* pathSchema = nullptr;
  std::vector<RouteOutput> outputs;
  std::function<HttpResponse(RawCall&&)> invoke;
  std::size_t index = 0;  ///< position in the table; names the route's counters
};

/// Result of looking up a method and a path.
struct RouteMatch {
  const Route* route = nullptr;
  TextPairs path;
  bool head = false;    ///< HEAD answered by the GET route
  std::string allowed;  ///< for 405 and OPTIONS: the methods that the path knows; empty: no such path
};

/// All routes of a process. Filled before the server starts, constant afterwards (then thread-safe).
class RouteTable {
 public:
  RouteTable();
  ~RouteTable();
  RouteTable(const RouteTable&) = delete;
  RouteTable& operator=(const RouteTable&) = delete;

  /// Throws std::logic_error on a programming error: a path or operationId that exists already, a path
  /// parameter without a field in the path schema, an undocumented answer.
  template <class Handler>
  void add(RouteSpec spec, RouteAnswer answer, Handler handler) {
    using Rendering = detail::Rendering<std::remove_cvref_t<typename detail::HandlerOf<Handler>::Out>>;
    const int status = answer.status;
    auto outputs = status == 204 ? detail::Rendering<Done>::outputs(answer) : Rendering::outputs(answer);
    addTyped<Handler>(std::move(spec), std::move(outputs),
                      [status, handler = std::move(handler)](const auto& call) -> HttpResponse {
                        if (status == 204) {
                          return detail::withoutBody(handler(call));
                        }
                        return Rendering::answer(call.request, status, handler(call));
                      });
  }
  /// For a handler that answers an HttpResponse.
  template <class Handler>
  void add(RouteSpec spec, std::vector<RouteOutput> outputs, Handler handler) {
    addTyped<Handler>(std::move(spec), std::move(outputs), std::move(handler));
  }

  /// `path` as sent, without the query; segments that are parameters come back percent-decoded. A parameter
  /// that cannot be decoded matches nothing.
  [[nodiscard]] RouteMatch match(HttpMethod method, std::string_view path) const;
  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const noexcept { return routes_; }

 private:
  struct Node;

  /// What of RouteSpec says how a call is read.
  struct InputRules {
    bool unreadBody;  ///< by the schema: the handler reads it
    IfMatchRule ifMatch;
    bool idempotencyKey;
  };

  template <class T>
  static bool take(Result<T> read, T& out, FaultList& faults, Fault& whole) {
    if (read) {
      out = std::move(read.value());
      return true;
    }
    Fault& fault = read.fault();
    if (!fault.details.empty()) {
      for (auto& detail : fault.details) {
        faults.add(detail.field, detail.code, std::move(detail.message));
      }
    } else if (!fault.field.empty()) {
      faults.add(fault.field, fault.code, std::move(fault.message));
    } else {
      whole = std::move(fault);
    }
    return false;
  }

  template <class Handler, class Answer>
  void addTyped(RouteSpec spec, std::vector<RouteOutput> outputs, Answer answer) {
    using Types = detail::HandlerOf<Handler>;
    Route route;
    route.bodySchema = detail::inputSchema<typename Types::Body>();
    route.querySchema = detail::inputSchema<typename Types::Query>();
    route.pathSchema = detail::inputSchema<typename Types::Path>();
    route.outputs = std::move(outputs);
    route.invoke = [answer = std::move(answer),
                    rules = InputRules{spec.lines != nullptr || spec.rawBody, spec.ifMatch,
                                       spec.needsIdempotencyKey}](RawCall&& raw) -> HttpResponse {
      return callTyped<typename Types::Body, typename Types::Query, typename Types::Path>(
          answer, std::move(raw), rules);
    };
    route.spec = std::move(spec);
    addRoute(std::move(route));
  }

  template <class Body, class Query, class Path, class Answer>
  static HttpResponse callTyped(const Answer& answer, RawCall&& raw, const InputRules& rules) {
    RequestCall<Body, Query, Path> call{raw.context, raw.request, raw.caller, raw.stream, {}, {}, {}, {}};
    FaultList faults;
    Fault whole;
    whole.code = ErrorCode::none;
    if constexpr (!std::is_same_v<Path, NoInput>) {
      take(schemaOf<Path>().parsePairs(std::move(raw.path)), call.path, faults, whole);
    }
    take(schemaOf<Query>().parsePairs(std::move(raw.query)), call.query, faults, whole);
    // An absent body is an empty object: valid only if no field is required.
    const std::string_view body = raw.request.body.empty() ? std::string_view("{}") : raw.request.body;
    if (!rules.unreadBody) {
      take(schemaOf<Body>().parse(body), call.body, faults, whole);
    }
    if (rules.idempotencyKey) {
      take(idempotencyKeyOf(raw.request), call.idempotencyKey, faults, whole);
    }
    if (whole.code != ErrorCode::none) {
      return HttpResponse(std::move(whole));
    }
    if (!faults.empty()) {
      return HttpResponse(std::move(faults).toFault());
    }
    try {
      if (rules.ifMatch != IfMatchRule::none) {
        call.expectedVersion = valueOf(expectedVersion(raw.request, rules.ifMatch == IfMatchRule::required));
      }
      return answer(std::as_const(call));
    } catch (FaultAnswer& thrown) {
      return HttpResponse(std::move(thrown.fault));
    }
  }

  void addRoute(Route route);

  std::vector<std::unique_ptr<Route>> routes_;
  std::unique_ptr<Node> root_;
};

}  // namespace ks
