#pragma once
#include <vector>

#include "actors/account/authDependencies.hpp"
#include "messages/account/factorRecords.hpp"

// What a code proves. See LoginGuard::refuseCode.
namespace ks {

/// A step of the active factor among `factors`. Faults mfaCodeInvalid, mfaCodeReused.
Result<FactorProof> proveByTotp(const AuthDependencies& dependencies,
                                const std::vector<FactorRecord>& factors, const SecretText& code);
/// Fault mfaCodeInvalid.
Result<FactorProof> proveByRecoveryCode(const SecretText& code);

/// What is answered when the proof was not accepted.
[[nodiscard]] ErrorCode errorOfProof(ProofOutcome outcome) noexcept;

}  // namespace ks
