#include "actors/account/factorActor.hpp"

#include <utility>

namespace ks {

FactorState::FactorState(FactorActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                         AuthDependencies dependencies)
    : LoginGuard(selfPointer, std::move(probe), std::move(dependencies)) {}

FactorActor::behavior_type FactorState::make_behavior() {
  return {
      guarded(self, probe_, [this](VerifyFactor& request) { return verify(request); }),
      guardedOfCaller(this, probe_, &FactorState::reauthenticate),
      guardedOfCaller(this, probe_, &FactorState::listFactors),
      guardedOfCaller(this, probe_, &FactorState::beginTotp),
      guardedOfCaller(this, probe_, &FactorState::confirmTotp),
      guardedOfCaller(this, probe_, &FactorState::removeFactor),
      guardedOfCaller(this, probe_, &FactorState::countRecoveryCodes),
      guardedOfCaller(this, probe_, &FactorState::makeRecoveryCodes),
  };
}

}  // namespace ks
