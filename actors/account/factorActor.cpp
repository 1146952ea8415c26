#include "actors/account/factorActor.hpp"

#include <utility>

namespace ks {

FactorState::FactorState(FactorActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                         AuthDependencies dependencies)
    : LoginGuard(selfPointer, std::move(probe), std::move(dependencies)) {}

FactorActor::behavior_type FactorState::make_behavior() {
  return {
      guarded(self, probe_, [this](VerifyFactor& request) { return verify(request); }),
      guarded(self, probe_, [this](Reauthenticate& request) { return reauthenticate(request); }),
      guarded(self, probe_, [this](ListFactors& request) { return listFactors(request); }),
      guarded(self, probe_, [this](BeginTotp& request) { return beginTotp(request); }),
      guarded(self, probe_, [this](ConfirmTotp& request) { return confirmTotp(request); }),
      guarded(self, probe_, [this](RemoveOwnFactor& request) { return removeFactor(request); }),
      guarded(self, probe_, [this](CountRecoveryCodes& request) { return countRecoveryCodes(request); }),
      guarded(self, probe_, [this](MakeRecoveryCodes& request) { return makeRecoveryCodes(request); }),
  };
}

}  // namespace ks
