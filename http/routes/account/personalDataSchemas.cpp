#include "http/routes/account/personalDataSchemas.hpp"

#include "core/text/pageCursor.hpp"

namespace ks {

const ObjectSchema<OwnActivityInput>& ownActivityInputSchema() {
  static const auto schema =
      ObjectSchema<OwnActivityInput>("OwnActivityInput")
          .field("limit", &OwnActivityInput::limit, rules().optional().range(1, 200))
          .field("cursor", &OwnActivityInput::cursor,
                 rules().optional().length(1, kPageCursorCharacters).describe("of the page before"));
  return schema;
}

const ListSchema<OwnActivityEntry>& ownActivityListSchema() {
  static const auto row =
      ObjectSchema<OwnActivityEntry>("OwnActivity")
          .field("id", &OwnActivityEntry::id)
          .field("at", &OwnActivityEntry::at)
          .field("action", &OwnActivityEntry::action)
          .field("outcome", &OwnActivityEntry::outcome, rules().oneOf({"ok", "fail", "deny"}))
          .field("reason", &OwnActivityEntry::reason, rules().orNull())
          .field("by", &OwnActivityEntry::by,
                 rules().describe("self, administrator, operator, rule, system or anonymous"))
          .field("ip", &OwnActivityEntry::ip, rules().orNull().describe("null: of somebody else"))
          .field("user_agent", &OwnActivityEntry::userAgent, rules().orNull());
  static const ListSchema<OwnActivityEntry> schema("OwnActivityList", row);
  return schema;
}

const ObjectSchema<DataExportPath>& dataExportPathSchema() {
  static const auto schema = ObjectSchema<DataExportPath>("DataExportPath").field("id", &DataExportPath::id);
  return schema;
}

DataExportOutput dataExportOutput(const DataExport& job) {
  return {job.id, job.readyAt ? "ready" : "waiting", job.createdAt, job.readyAt, job.expiresAt};
}

const ObjectSchema<DataExportOutput>& dataExportOutputSchema() {
  static const auto schema =
      ObjectSchema<DataExportOutput>("DataExport", "A copy of the user's data, or the order for one")
          .field("id", &DataExportOutput::id)
          .field("status", &DataExportOutput::status, rules().oneOf({"waiting", "ready"}))
          .field("created_at", &DataExportOutput::createdAt)
          .field("ready_at", &DataExportOutput::readyAt)
          .field("expires_at", &DataExportOutput::expiresAt);
  return schema;
}

const ObjectSchema<DeleteAccountInput>& deleteAccountInputSchema() {
  static const auto schema = ObjectSchema<DeleteAccountInput>("DeleteAccountInput")
                                 .field("password", &DeleteAccountInput::password, rules().length(1, 1024));
  return schema;
}

const ObjectSchema<DeletionScheduled>& deletionScheduledSchema() {
  static const auto schema = ObjectSchema<DeletionScheduled>("DeletionScheduled")
                                 .field("deletes_at", &DeletionScheduled::deletesAt,
                                        rules().describe("unless the user signs in before"));
  return schema;
}

}  // namespace ks
