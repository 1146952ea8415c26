#include "actors/platform/passwordActor.hpp"

#include <stdexcept>
#include <utility>

#include "actors/runtime/guarded.hpp"

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
                auto verdict = verify(message);
                if (!verdict.ok()) {
                  return toCafError(std::move(verdict.fault()));
                }
                return verdict.value();
              }),
  };
}

/// The amount of hashing depends on the request and on what matches, never on whether the account exists.
Result<PasswordVerdict> PasswordState::verify(const VerifyPassword& message) const {
  PasswordVerdict verdict;
  const bool known = !message.phc.empty();
  for (const auto* form : {&message.password, &message.typed}) {
    if (form->empty() || verdict.matches) {
      continue;
    }
    auto matches = verifyPassword(known ? message.phc : dummyHash_, *form);
    if (!matches.ok()) {
      return std::move(matches.fault());
    }
    verdict.matches = known && matches.value();
    verdict.needsUpgrade =
        verdict.matches && (form == &message.typed || passwordHashNeedsUpgrade(message.phc, parameters_));
  }
  if (!verdict.matches && !message.claimPhc.empty()) {
    auto matches = verifyPassword(message.claimPhc, message.password);
    if (!matches.ok()) {
      return std::move(matches.fault());
    }
    verdict.matchesClaim = matches.value();
  }
  return verdict;
}

}  // namespace ks
