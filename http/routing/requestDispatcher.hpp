#pragma once
#include <memory>
#include <string>

#include "core/clockInterface.hpp"
#include "core/logging/refusalTrail.hpp"
#include "core/uuid.hpp"
#include "http/routing/authentication.hpp"
#include "http/routing/requestMetrics.hpp"
#include "http/routing/routeTable.hpp"
#include "http/server/admissionGate.hpp"
#include "http/server/requestHandlerInterface.hpp"
#include "http/server/streamGate.hpp"

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
class RequestDispatcher final : public RequestHandlerInterface {
 public:
  RequestDispatcher(const RouteTable& routes, DispatcherConfig config);

  [[nodiscard]] bool isQuick(HttpMethod method, std::string_view target) const override;
  [[nodiscard]] HttpResponse dispatch(const HttpRequest& request) const override;
  [[nodiscard]] HttpResponse refuse(Fault fault, std::string_view requestId) const override;

 private:
  HttpResponse route(const HttpRequest& request, RequestContext& context, std::string& routeName,
                     std::size_t& routeIndex) const;
  HttpResponse callHandler(const Route& route, RouteMatch&& match, const HttpRequest& request,
                           RequestContext& context, std::string_view query) const;
  [[nodiscard]] Result<EventStreamPtr> openStream(const RequestContext& context) const;
  /// The only place that audits refusals. Details that only an actor or a statement knows come
  /// with the fault.
  void auditRefusal(const Fault& fault, const HttpRequest& request, const RequestContext& context) const;
  [[nodiscard]] std::string requestIdOf(const HttpRequest& request) const;
  void finish(HttpResponse& answer, const std::string& requestId) const;

  const RouteTable& routes_;
  DispatcherConfig config_;
};

}  // namespace ks
