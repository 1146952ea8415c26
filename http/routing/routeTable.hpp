#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/errorCode.hpp"
#include "core/result.hpp"
#include "http/schema/objectSchema.hpp"
#include "http/server/httpMessage.hpp"
#include "messages/account/accountMessages.hpp"
#include "messages/platform/requestContext.hpp"

namespace ks {

inline constexpr std::chrono::minutes kRecentAuthentication{10};

/// On which device a session does it, beside what RouteAccess says otherwise of that: STEP_UP_REQUIRED
/// elsewhere, and where the session has less assurance than its account can show.
enum class DeviceRule : std::uint8_t {
  any,         ///< what looks, or ends an access
  withFactor,  ///< its own where the account has a second factor; what the others show is the password in the
               ///< request
  own          ///< its own
};

/// Who may call a route.
struct RouteAccess {
  enum class Kind : std::uint8_t { open, signedIn, permission } kind = Kind::open;
  std::vector<std::string> permissions;  ///< every one of them
  bool recentOnly = false;  ///< the caller's last factor was checked within kRecentAuthentication; a machine
                            ///< shows its only one with every request
  bool peopleOnly = false;  ///< no machine's key
  DeviceRule device = DeviceRule::any;
  static RouteAccess open() { return {}; }
  static RouteAccess signedIn() { return {Kind::signedIn, {}}; }
  /// A permission is used in a session of two factors, or by a machine's key: MFA_REQUIRED otherwise.
  static RouteAccess needs(std::string name) { return {Kind::permission, {std::move(name)}}; }
  /// For what is, beside that, also of another kind.
  [[nodiscard]] RouteAccess with(std::string name) && {
    permissions.push_back(std::move(name));
    return std::move(*this);
  }
  /// For what a thief of a session must not do: REAUTH_REQUIRED past kRecentAuthentication. A machine's key
  /// is shown with every request, and hence always fresh.
  [[nodiscard]] RouteAccess recent() && {
    recentOnly = true;
    return std::move(*this);
  }
  /// For what a thief of a session must not do, however fresh the sign-in.
  [[nodiscard]] RouteAccess onDevice(DeviceRule rule) && {
    device = rule;
    return std::move(*this);
  }
  /// For what somebody must answer for himself.
  [[nodiscard]] RouteAccess byPeople() && {
    peopleOnly = true;
    return std::move(*this);
  }
};

/// Protection of unsafe methods against foreign sites.
enum class CsrfRule : std::uint8_t {
  automatic,   ///< caller known by its cookie: same origin and X-CSRF-Token; by bearer: nothing
  sameOrigin,  ///< whenever the request carries any cookie: same origin (routes that read a cookie
               ///< themselves: refresh)
  none
};

/// What of a route is open to an administrator who acts as the user.
enum class ImpersonationRule : std::uint8_t {
  reads,  ///< where it is a GET that ends with its answer: what it shows, the user may be helped with
  open,   ///< also where it changes something: what does not outlive the impersonation
  closed  ///< nothing: it shows secrets or entries of the audit trail, or hands out a copy that stays
};

/// Which callers see a route; to the others it does not exist (404).
enum class RouteReach : std::uint8_t { everywhere, loopbackOnly };

/// Everything there is to say about a route but its types and its handler.
struct RouteSpec {
  HttpMethod method = HttpMethod::get;
  std::string path = {};         ///< `/api/auth/sessions/{id}`; a parameter is one whole segment
  std::string operationId = {};  ///< unique, camelCase
  std::string summary = {};
  std::string description = {};
  std::string tag = {};
  RouteAccess access = {};
  CsrfRule csrf = CsrfRule::automatic;
  std::vector<ErrorCode> errors = {};  ///< beyond those that every route of its kind can answer
  std::size_t bodyLimit = 64 * 1024;
  std::chrono::milliseconds deadline{10'000};
  bool admitted = true;  ///< may wait for actors while the gate has a place, and not at all while the process
                         ///< stops; false: always answered (health)
  RouteReach reach = RouteReach::everywhere;
  bool documented = true;
  bool quick = false;  ///< GET that only reads memory, and waits for nothing but askActor: the connection
                       ///< loop answers it itself when it needs not ask
  bool keysMayCall = false;  ///< of routes that need a user: his keys reach it too
  ImpersonationRule impersonation = ImpersonationRule::reads;
  bool streams = false;  ///< answers with server-sent events; the stream gate bounds how many
  const ObjectSchemaInterface* lines = nullptr;  ///< the body is NDJSON, a line such an object; the handler
                                                 ///< reads it
};

/// Whether an administrator who acts as a user may call the route: IMPERSONATION_DENIED otherwise.
[[nodiscard]] inline bool impersonatorMayCall(const RouteSpec& route) {
  return route.impersonation == ImpersonationRule::open ||
         (route.impersonation == ImpersonationRule::reads && route.method == HttpMethod::get &&
          !route.streams);
}

/// One way a route succeeds.
struct RouteOutput {
  int status = 200;
  std::string description = {};
  const ObjectSchemaInterface* schema = nullptr;  ///< nullptr: no body, or `contentType` other than JSON
  std::string contentType = "application/json";
  bool hasNextCursor = false;  ///< the next page's cursor is a header (http/routing/listSchema.hpp)
};

template <class T>
RouteOutput output(int status, std::string description, const ObjectSchema<T>& schema) {
  return {status, std::move(description), &schema, "application/json", false};
}
inline RouteOutput noContent(std::string description) {
  return {204, std::move(description), nullptr, {}, false};
}

struct NoInput {};

/// One call of a route: typed inputs, already validated.
template <class Body = NoInput, class Query = NoInput, class Path = NoInput>
struct RequestCall {
  const RequestContext& context;  ///< deadline set; principal set where the route needs one
  const HttpRequest& request;
  const Authenticated& caller;   ///< empty on open routes
  const EventStreamPtr& stream;  ///< where the route streams: to write to and answer with; else null
  Body body;
  Query query;
  Path path;
};

/// Which parts of a request a route reads. Made with bodyInput, queryInput, pathInput, noInput and the with…
/// functions.
template <class Body = NoInput, class Query = NoInput, class Path = NoInput>
struct RouteInputs {
  const ObjectSchema<Body>* body = nullptr;
  const ObjectSchema<Query>* query = nullptr;
  const ObjectSchema<Path>* path = nullptr;

  template <class Q>
  RouteInputs<Body, Q, Path> withQuery(const ObjectSchema<Q>& schema) const {
    return {body, &schema, path};
  }
  template <class P>
  RouteInputs<Body, Query, P> withPath(const ObjectSchema<P>& schema) const {
    return {body, query, &schema};
  }
};
inline RouteInputs<> noInput() { return {}; }
template <class T>
RouteInputs<T> bodyInput(const ObjectSchema<T>& schema) {
  return {&schema, nullptr, nullptr};
}
template <class T>
RouteInputs<NoInput, T> queryInput(const ObjectSchema<T>& schema) {
  return {nullptr, &schema, nullptr};
}
template <class T>
RouteInputs<NoInput, NoInput, T> pathInput(const ObjectSchema<T>& schema) {
  return {nullptr, nullptr, &schema};
}

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

/// What the table says of a method and a path.
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
  /// parameter without a field in the path schema, an undocumented output.
  template <class Body, class Query, class Path, class Handler>
  void add(RouteSpec spec, RouteInputs<Body, Query, Path> inputs, std::vector<RouteOutput> outputs,
           Handler handler) {
    Route route;
    route.spec = std::move(spec);
    route.bodySchema = inputs.body;
    route.querySchema = inputs.query;
    route.pathSchema = inputs.path;
    route.outputs = std::move(outputs);
    route.invoke = [inputs, handler = std::move(handler),
                    ofLines = route.spec.lines != nullptr](RawCall&& raw) -> HttpResponse {
      return callTyped<Body, Query, Path>(inputs, handler, std::move(raw), ofLines);
    };
    addRoute(std::move(route));
  }

  /// `path` as sent, without the query; segments that are parameters come back percent-decoded. A parameter
  /// that cannot be decoded matches nothing.
  [[nodiscard]] RouteMatch match(HttpMethod method, std::string_view path) const;
  [[nodiscard]] const std::vector<std::unique_ptr<Route>>& routes() const noexcept { return routes_; }

 private:
  struct Node;

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

  template <class Body, class Query, class Path, class Handler>
  static HttpResponse callTyped(const RouteInputs<Body, Query, Path>& inputs, const Handler& handler,
                                RawCall&& raw, bool ofLines) {
    RequestCall<Body, Query, Path> call{raw.context, raw.request, raw.caller, raw.stream, {}, {}, {}};
    FaultList faults;
    Fault whole;
    whole.code = ErrorCode::none;
    static const ObjectSchema<NoInput> nothing("NoInput");
    if (inputs.path != nullptr) {
      take(inputs.path->parsePairs(std::move(raw.path)), call.path, faults, whole);
    }
    if (inputs.query != nullptr) {
      take(inputs.query->parsePairs(std::move(raw.query)), call.query, faults, whole);
    } else {
      NoInput none;
      take(nothing.parsePairs(std::move(raw.query)), none, faults, whole);
    }
    // An absent body is an empty object: it lacks what is required, and is fine where nothing is.
    const std::string_view body = raw.request.body.empty() ? std::string_view("{}") : raw.request.body;
    if (inputs.body != nullptr) {
      take(inputs.body->parse(body), call.body, faults, whole);
    } else if (!ofLines) {
      NoInput none;
      take(nothing.parse(body), none, faults, whole);
    }
    if (whole.code != ErrorCode::none) {
      return HttpResponse(std::move(whole));
    }
    if (!faults.empty()) {
      return HttpResponse(std::move(faults).toFault());
    }
    return handler(std::as_const(call));
  }

  void addRoute(Route route);

  std::vector<std::unique_ptr<Route>> routes_;
  std::unique_ptr<Node> root_;
};

}  // namespace ks
