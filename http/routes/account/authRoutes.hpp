#pragma once
#include <functional>
#include <string>

#include "http/routing/routeTable.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

/// Dependencies of the account routes. The functions are called on worker threads and return at
/// once.
struct AuthRoutesConfig {
  std::function<AuthActor()> auth;  ///< the current handle
  std::function<std::string()> jwks;
  std::function<std::string(const Principal&)> csrfToken;
  const ClockInterface& clock;
};

/// Registration, sign-in, tokens and own sessions: /api/auth/*.
void addAuthRoutes(RouteTable& routes, const AuthRoutesConfig& config);

}  // namespace ks
