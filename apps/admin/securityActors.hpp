#pragma once
#include "apps/wiring/serverContext.hpp"
#include "messages/banMessages.hpp"

namespace ks {

/// Who keeps the bans.
class SecurityActors {
 public:
  void addTo(ServerContext& context) const;
  [[nodiscard]] BanActor bans() const { return bans_.get(); }

 private:
  ActorRef<BanActor> bans_;
};

}  // namespace ks
