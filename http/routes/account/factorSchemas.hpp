#pragma once
#include <vector>

#include "http/schema/objectSchema.hpp"
#include "messages/account/factorMessages.hpp"

// The bodies of the routes of second factors.
namespace ks {

ObjectSchema<VerifyFactor> schemaFor(Of<VerifyFactor> of);

ObjectSchema<Reauthenticate> schemaFor(Of<Reauthenticate> of);

ObjectSchema<BeginTotp> schemaFor(Of<BeginTotp> of);

ObjectSchema<ConfirmTotp> schemaFor(Of<ConfirmTotp> of);

ObjectSchema<RemoveOwnFactor> schemaFor(Of<RemoveOwnFactor> of);

ObjectSchema<TotpEnrolment> schemaFor(Of<TotpEnrolment> of);

ObjectSchema<FactorRecord> schemaFor(Of<FactorRecord> of);
ObjectSchema<RecoveryCodes> schemaFor(Of<RecoveryCodes> of);

}  // namespace ks
