#include "actors/passwordActor.hpp"

#include <stdexcept>
#include <utility>

#include "actors/guarded.hpp"

namespace ks {

PasswordState::PasswordState(PasswordActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                             ActorEnvironment environment, Argon2Parameters parameters)
    : self(selfPointer), probe_(std::move(probe)), environment_(environment), parameters_(parameters) {}

PasswordActor::behavior_type PasswordState::make_behavior() {
  auto dummy = makeDummyHash(parameters_, environment_.random);
  if (!dummy.ok()) {
    throw std::runtime_error("no dummy hash: " + dummy.fault().detail);
  }
  dummyHash_ = std::move(dummy.value());
  return {
      guarded(self, probe_,
              [this](HashPassword& message) -> caf::result<std::string> {
                auto phc = hashPassword(message.password, parameters_, environment_.random);
                if (!phc.ok()) {
                  return toCafError(std::move(phc.fault()));
                }
                return std::move(phc.value());
              }),
      guarded(self, probe_,
              [this](VerifyPassword& message) -> caf::result<PasswordVerdict> {
                const bool known = !message.phc.empty();
                auto matches = verifyPassword(known ? message.phc : dummyHash_, message.password);
                if (!matches.ok()) {
                  return toCafError(std::move(matches.fault()));
                }
                PasswordVerdict verdict;
                verdict.matches = known && matches.value();
                verdict.needsUpgrade = verdict.matches && passwordHashNeedsUpgrade(message.phc, parameters_);
                return verdict;
              }),
  };
}

}  // namespace ks
