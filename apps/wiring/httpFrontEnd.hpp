#pragma once
#include <memory>

#include "apps/wiring/serverContext.hpp"
#include "core/result.hpp"
#include "http/routing/requestDispatcher.hpp"
#include "http/routing/requestMetrics.hpp"
#include "http/server/admissionGate.hpp"

namespace ks {

/// Makes the listeners and, as the last of the context's children, their actors: control socket, loopback
/// port, gateway socket. They open nothing yet.
void addHttpFrontEndActors(ServerContext& context);

/// The public routes of a server, on its Unix socket and loopback port, and the operator's routes on the
/// control socket.
class HttpFrontEnd {
 public:
  explicit HttpFrontEnd(ServerContext& context);

  /// Has the sockets opened. The fault's message names the one that cannot be had.
  Result<Done> start();
  /// Refuses new requests from now on. The actors, which are the first of all to be stopped, answer what is
  /// under way (at most 10 s together) and close.
  void drain();
  /// The OpenAPI document of the public routes.
  [[nodiscard]] std::string openApi() const;

 private:
  void fillRoutes();
  void fillControlRoutes();
  [[nodiscard]] DispatcherConfig dispatcherConfig(AdmissionGate& gate, RequestMetrics& metrics);
  [[nodiscard]] HealthReport currentHealth();

  ServerContext& context_;
  RouteTable routes_;
  RouteTable controlRoutes_;
  RequestMetrics metrics_;
  RequestMetrics controlMetrics_;
  static constexpr std::size_t kAdmissionLimit = 64;
  static constexpr std::size_t kControlAdmissionLimit = 8;
  AdmissionGate gate_{kAdmissionLimit};
  StreamGate streams_;
  AdmissionGate controlGate_{kControlAdmissionLimit};
  std::unique_ptr<RequestDispatcher> dispatcher_;
  std::unique_ptr<RequestDispatcher> controlDispatcher_;
};

}  // namespace ks
