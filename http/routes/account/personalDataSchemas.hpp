#pragma once
#include <string>

#include "http/routing/listAnswer.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/account/personalDataMessages.hpp"

// What the routes of a user's own data take and answer.
namespace ks {

struct OwnActivityInput : PageQuery {};
ObjectSchema<OwnActivityInput> schemaFor(Of<OwnActivityInput> of);
ObjectSchema<OwnActivityEntry> schemaFor(Of<OwnActivityEntry> of);

ObjectSchema<DataExport> schemaFor(Of<DataExport> of);

struct DeleteAccountInput {
  SecretText password;
};
ObjectSchema<DeleteAccountInput> schemaFor(Of<DeleteAccountInput> of);
ObjectSchema<DeletionScheduled> schemaFor(Of<DeletionScheduled> of);

}  // namespace ks
