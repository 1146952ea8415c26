#pragma once
#include <memory>
#include <string>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "crypto/passwordHash.hpp"
#include "messages/actorInterfaces.hpp"

namespace ks {

/// See PasswordActor. For an unknown user it verifies against a dummy hash of the same cost, so that the time
/// reveals nothing.
struct PasswordState {
  PasswordState(PasswordActor::pointer self, std::shared_ptr<ActorProbe> probe, ActorEnvironment environment,
                Argon2Parameters parameters);
  PasswordActor::behavior_type make_behavior();

  PasswordActor::pointer self;

 private:
  [[nodiscard]] Result<PasswordVerdict> verify(const VerifyPassword& message) const;

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  Argon2Parameters parameters_;
  std::string dummyHash_;
};

}  // namespace ks
