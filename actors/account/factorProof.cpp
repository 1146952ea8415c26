#include "actors/account/factorProof.hpp"

#include <algorithm>
#include <utility>

#include "actors/runtime/sealContexts.hpp"
#include "crypto/recoveryCode.hpp"
#include "crypto/totp.hpp"

namespace ks {

Result<FactorProof> proveByTotp(const AuthDependencies& dependencies,
                                const std::vector<FactorRecord>& factors, const SecretText& code) {
  const auto factor =
      std::find_if(factors.begin(), factors.end(), [](const FactorRecord& each) { return each.active; });
  const auto digits = readTotpCode(code.reveal());
  if (factor == factors.end() || !digits) {
    return makeFault(ErrorCode::mfaCodeInvalid);
  }
  auto secret = dependencies.crypto->cipher.open(factor->secretSealed, factorSecretContext(factor->id));
  if (!secret.ok()) {
    return std::move(secret.fault());
  }
  const auto step = findTotpStep(secret.value(), *digits, dependencies.environment.clock.now());
  if (!step) {
    return makeFault(ErrorCode::mfaCodeInvalid);
  }
  if (*step <= factor->lastUsedStep) {
    return makeFault(ErrorCode::mfaCodeReused);
  }
  return FactorProof{factor->id, *step, {}};
}

Result<FactorProof> proveByRecoveryCode(const SecretText& code) {
  auto hash = recoveryCodeHash(code.reveal());
  if (!hash) {
    return makeFault(ErrorCode::mfaCodeInvalid);
  }
  return FactorProof{Uuid{}, 0, std::move(*hash)};
}

ErrorCode errorOfProof(ProofOutcome outcome) noexcept {
  return outcome == ProofOutcome::over     ? ErrorCode::mfaTokenExpired
         : outcome == ProofOutcome::reused ? ErrorCode::mfaCodeReused
                                           : ErrorCode::mfaCodeInvalid;
}

}  // namespace ks
