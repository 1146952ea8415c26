#pragma once
#include <string>

#include "http/routing/listSchema.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/account/personalDataMessages.hpp"

// What the routes of a user's own data take and answer.
namespace ks {

struct OwnActivityInput {
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<OwnActivityInput>& ownActivityInputSchema();
const ListSchema<OwnActivityEntry>& ownActivityListSchema();

struct DataExportPath {
  Uuid id;
};
const ObjectSchema<DataExportPath>& dataExportPathSchema();

struct DataExportOutput {
  Uuid id;
  std::string status;
  TimePoint createdAt;
  std::optional<TimePoint> readyAt;
  TimePoint expiresAt;
};
DataExportOutput dataExportOutput(const DataExport& job);
const ObjectSchema<DataExportOutput>& dataExportOutputSchema();

struct DeleteAccountInput {
  SecretText password;
};
const ObjectSchema<DeleteAccountInput>& deleteAccountInputSchema();
const ObjectSchema<DeletionScheduled>& deletionScheduledSchema();

}  // namespace ks
