#pragma once
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "actors/session/apiKeyActor.hpp"
#include "http/routing/authentication.hpp"
#include "http/routing/routeTable.hpp"
#include "messages/platform/actorErrors.hpp"
#include "test/simulation/access/accessOracle.hpp"
#include "test/simulation/simWorld.hpp"

namespace ks::sim {

/// Calls into a world, one at a time: each is admitted by the rules of the real routes, and the world goes on
/// until it is answered.
class AccessCalls {
 public:
  explicit AccessCalls(SimWorld& world);
  ~AccessCalls();
  AccessCalls(const AccessCalls&) = delete;
  AccessCalls& operator=(const AccessCalls&) = delete;

  /// Whose token it is: out of the process's cache, or by its session actor.
  Result<Authenticated> authenticate(std::size_t process, const SecretText& token,
                                     const RequestContext& context);
  /// As the dispatcher admits a caller to the route; `context` then names him.
  Result<Authenticated> admit(const RouteSpec& route, std::size_t process, const SecretText& token,
                              RequestContext& context);
  [[nodiscard]] const RouteSpec& route(const std::string& operationId) const;
  [[nodiscard]] const RouteTable& routes() const { return routes_; }
  [[nodiscard]] RequestContext contextFrom(bool inside) const;
  [[nodiscard]] ApiKeyActor keys(std::size_t process) const { return keys_[process]; }
  /// The notices that are under way arrive.
  void settle();

  template <class Out, class Target, class Message>
  Result<Out> ask(const Target& target, Message message) {
    auto answer = std::make_shared<std::optional<Result<Out>>>();
    todo_ = [this, target, answer, message = std::move(message)]() mutable {
      compat::ask(self_, target, std::chrono::seconds{60}, std::move(message))
          .then([answer](Out& out) { answer->emplace(std::move(out)); },
                [answer](caf::error& error) { answer->emplace(faultFromCafError(error)); });
    };
    compat::tellAnon(asker_, TickAtom_v);
    for (int steps = 0; !*answer && steps < kMostSteps; ++steps) {
      world_.step();
    }
    return *answer ? std::move(**answer) : Result<Out>(makeFault(ErrorCode::internal, "no answer comes"));
  }

 private:
  using Asker = caf::typed_actor<caf::result<void>(TickAtom)>;
  static constexpr int kMostSteps = 20'000;
  void addRoutes();

  SimWorld& world_;
  RouteTable routes_;
  std::map<std::string, const Route*> byOperation_;
  std::array<ApiKeyActor, 2> keys_;
  Asker asker_;
  Asker::pointer self_ = nullptr;
  std::function<void()> todo_;
};

}  // namespace ks::sim
