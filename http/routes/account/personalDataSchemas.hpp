#pragma once
#include <string>

#include "http/routing/listAnswer.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/account/personalDataMessages.hpp"

// What the routes of a user's own data take and answer.
namespace ks {

ObjectSchema<OwnActivityRequest> schemaFor(Of<OwnActivityRequest> of);
ObjectSchema<OwnActivityEntry> schemaFor(Of<OwnActivityEntry> of);

ObjectSchema<DataExport> schemaFor(Of<DataExport> of);

ObjectSchema<DeleteAccountRequest> schemaFor(Of<DeleteAccountRequest> of);
ObjectSchema<DeletionScheduled> schemaFor(Of<DeletionScheduled> of);

}  // namespace ks
