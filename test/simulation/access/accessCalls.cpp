#include "test/simulation/access/accessCalls.hpp"

#include "actors/account/deviceTraits.hpp"
#include "actors/runtime/spawnHelpers.hpp"
#include "actors/session/sessionActor.hpp"
#include "http/routes/account/authRoutes.hpp"
#include "http/routes/account/factorRoutes.hpp"
#include "http/routes/account/keyRoutes.hpp"
#include "http/routes/account/personalDataRoutes.hpp"
#include "http/routes/account/recoveryRoutes.hpp"
#include "http/routes/administration/userRoutes.hpp"

namespace ks::sim {
namespace {

/// Longer than a notice takes (kSubscriptionWaitMs in simWorld.cpp).
constexpr std::chrono::milliseconds kAccessNoticed{600};

}  // namespace

AccessCalls::AccessCalls(SimWorld& world) : world_(world) {
  addRoutes();
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    auto& process = world.process(i);
    keys_[i] = spawnShared<ApiKeyActor, ApiKeyState>(
        world.system, process.directory.probe("apiKeyActor", "-"),
        ApiKeyDependencies{process.environment, process.storage, process.sessionCache, process.tokenCache,
                           process.crypto, process.mail});
  }
  asker_ = Asker{world.system.spawn([this](Asker::pointer self) -> Asker::behavior_type {
    self_ = self;
    return {[this](TickAtom) { std::exchange(todo_, nullptr)(); }};
  })};
  settle();
}

AccessCalls::~AccessCalls() {
  caf::anon_send_exit(asker_, caf::exit_reason::kill);
  for (const auto& each : keys_) {
    caf::anon_send_exit(each, caf::exit_reason::kill);
  }
}

void AccessCalls::addRoutes() {
  addAuthRoutes(routes_, {{}, {}, {}, world_.clock});
  addRecoveryRoutes(routes_, {{}, {}});
  addFactorRoutes(routes_, {{}, world_.clock});
  addPersonalDataRoutes(routes_, {});
  const KeyRoutesConfig keyConfig{{}, {}, world_.clock};
  addOwnKeyRoutes(routes_, keyConfig);
  addMachineKeyRoutes(routes_, keyConfig);
  addImpersonationRoutes(routes_, {{}, world_.clock}, {});
  for (const auto& route : routes_.routes()) {
    byOperation_.emplace(route->spec.operationId, route.get());
  }
}

const RouteSpec& AccessCalls::route(const std::string& operationId) const {
  return byOperation_.at(operationId)->spec;
}

RequestContext AccessCalls::contextFrom(bool inside) const {
  RequestContext context;
  context.requestId = "access";
  context.deadline = world_.now() + std::chrono::seconds{30};
  context.client.ip = inside ? "203.0.113.7" : "198.51.100.9";
  context.client.userAgent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0";
  return context;
}

void AccessCalls::settle() {
  for (const auto until = world_.now() + kAccessNoticed; world_.settledAt < until;) {
    world_.step();
  }
}

Result<Authenticated> AccessCalls::authenticate(std::size_t process, const SecretText& token,
                                                const RequestContext& context) {
  auto& one = world_.process(process);
  if (auto known = one.tokenCache->find(tokenCacheKey(*one.crypto, token, context.client))) {
    return std::move(*known);
  }
  return ask<Authenticated>(one.session.get(), AuthenticateRequest{context, token});
}

Result<Authenticated> AccessCalls::admit(const RouteSpec& route, std::size_t process, const SecretText& token,
                                         RequestContext& context) {
  AuthenticationConfig config;
  config.clock = &world_.clock;
  config.authenticate = [this, process](std::string_view text, const RequestContext& asked) {
    return authenticate(process, SecretText{std::string{text}}, asked);
  };
  config.sameDevice = [this, process](const Authenticated& caller, const ClientInfo& client) {
    return isOnDevice(world_.process(process).crypto->devices, caller.principal->deviceHash, client, false);
  };
  const std::string bearer = "Bearer " + std::string{token.reveal()};
  HttpRequest request;
  request.method = route.method;
  request.headers = {{"Authorization", bearer}};
  return admitCaller(config, route, request, context);
}

}  // namespace ks::sim
