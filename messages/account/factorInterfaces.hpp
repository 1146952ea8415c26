#pragma once
#include "messages/account/accountTypeIds.hpp"
#include "messages/account/factorMessages.hpp"

// Messages of second factors, initialised by registerMessageTypes() (apps/wiring).
CAF_BEGIN_TYPE_ID_BLOCK(kFactors, caf::first_custom_type_id + 200)
CAF_ADD_TYPE_ID(kFactors, (ks::VerifyFactor))
CAF_ADD_TYPE_ID(kFactors, (ks::Reauthenticate))
CAF_ADD_TYPE_ID(kFactors, (ks::ListFactors))
CAF_ADD_TYPE_ID(kFactors, (std::vector<ks::FactorRecord>))
CAF_ADD_TYPE_ID(kFactors, (ks::BeginTotp))
CAF_ADD_TYPE_ID(kFactors, (ks::TotpEnrolment))
CAF_ADD_TYPE_ID(kFactors, (ks::ConfirmTotp))
CAF_ADD_TYPE_ID(kFactors, (ks::RemoveOwnFactor))
CAF_ADD_TYPE_ID(kFactors, (ks::CountRecoveryCodes))
CAF_ADD_TYPE_ID(kFactors, (ks::MakeRecoveryCodes))
CAF_ADD_TYPE_ID(kFactors, (ks::RecoveryCodes))
CAF_END_TYPE_ID_BLOCK(kFactors)

namespace ks {

/// Second factors of accounts, and the sessions that are opened by showing one. Faults as in
/// actorInterfaces.hpp.
using FactorActor = caf::typed_actor<
    // mfaTokenExpired, mfaCodeInvalid, mfaCodeReused, tooManyAttempts, accountSuspended.
    caf::result<LoginAnswer>(VerifyFactor),
    // invalidCredentials, mfaCodeInvalid, mfaCodeReused, tooManyAttempts, sessionRevoked, overloaded.
    caf::result<LoginAnswer>(Reauthenticate), caf::result<std::vector<FactorRecord>>(ListFactors),
    // factorExists.
    caf::result<TotpEnrolment>(BeginTotp),
    // factorNotFound, mfaCodeInvalid. Ends every session of the account; the answer is a new one.
    caf::result<LoginAnswer>(ConfirmTotp),
    // factorNotFound. Ends every session of the account if the factor was active.
    caf::result<Done>(RemoveOwnFactor), caf::result<RecoveryCodes>(CountRecoveryCodes),
    // mfaRequired: there is no factor that the codes could replace.
    caf::result<RecoveryCodes>(MakeRecoveryCodes)>;

}  // namespace ks
