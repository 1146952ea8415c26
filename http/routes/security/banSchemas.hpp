#pragma once
#include <optional>
#include <vector>

#include "http/schema/objectSchema.hpp"
#include "messages/security/banMessages.hpp"

// Inputs and outputs of the ban routes, those of the API and those that kctl asks.
namespace ks {

ObjectSchema<AddBan> schemaFor(Of<AddBan> of);

ObjectSchema<IpBan> schemaFor(Of<IpBan> of);

ObjectSchema<LiftBan> schemaFor(Of<LiftBan> of);

}  // namespace ks
