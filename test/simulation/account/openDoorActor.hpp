#pragma once
#include <memory>
#include <string>

#include "actors/runtime/actorDirectory.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks::sim {

/// A planted bug: a password worker that accepts every password.
struct OpenDoorState {
  OpenDoorState(PasswordActor::pointer, const std::shared_ptr<ActorProbe>&) {}
  PasswordActor::behavior_type make_behavior() {
    return {[](HashPassword&) -> caf::result<std::string> { return std::string{"any"}; },
            [](VerifyPassword& message) -> caf::result<PasswordVerdict> {
              return PasswordVerdict{!message.phc.empty(), false};
            }};
  }
};

}  // namespace ks::sim
