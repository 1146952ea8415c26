#pragma once
#include <memory>
#include <string>

#include "core/clockInterface.hpp"
#include "core/refusalTrail.hpp"
#include "core/uuid.hpp"
#include "http/admissionGate.hpp"
#include "http/authentication.hpp"
#include "http/requestMetrics.hpp"
#include "http/routeTable.hpp"
#include "http/streamGate.hpp"

namespace ks {

struct DispatcherConfig {
  const ClockInterface* clock = nullptr;
  UuidGenerator* ids = nullptr;
  AdmissionGate* gate = nullptr;
  RequestMetrics* metrics = nullptr;
  AuthenticationConfig authentication;
  StreamGate* streams = nullptr;     ///< needed where a route streams
  RefusalTrail* refusals = nullptr;  ///< none: refusals are not audited
};

/// Takes a request through the table: request id, route, admission, caller, inputs, handler, error body,
/// headers. Thread-safe. What `config` points to must outlive it.
class RequestDispatcher {
 public:
  RequestDispatcher(const RouteTable& routes, DispatcherConfig config);

  /// Whether the connection loop may try to answer such a request itself.
  [[nodiscard]] bool isQuick(HttpMethod method, std::string_view target) const;
  /// The finished answer: body rendered, all headers set. Throws nothing but WouldWait, and that only where
  /// waiting is forbidden.
  [[nodiscard]] HttpAnswer dispatch(const HttpRequest& request) const;
  /// The answer to what could not be read as a request. `requestId` may be empty.
  [[nodiscard]] HttpAnswer refuse(Fault fault, std::string_view requestId) const;

 private:
  HttpAnswer route(const HttpRequest& request, RequestContext& context, std::string& routeName,
                   std::size_t& routeIndex) const;
  HttpAnswer callHandler(const Route& route, RouteMatch&& match, const HttpRequest& request,
                         RequestContext& context, std::string_view query) const;
  [[nodiscard]] Result<EventStreamPtr> openStream(const RequestContext& context) const;
  /// The one place where refusals get into the audit trail. What an actor or a statement knows more of comes
  /// with the fault.
  void auditRefusal(const Fault& fault, const HttpRequest& request, const RequestContext& context) const;
  [[nodiscard]] std::string requestIdOf(const HttpRequest& request) const;
  void finish(HttpAnswer& answer, const std::string& requestId) const;

  const RouteTable& routes_;
  DispatcherConfig config_;
};

}  // namespace ks
