#include "http/routes/account/personalDataSchemas.hpp"

namespace ks {

ObjectSchema<OwnActivityRequest> schemaFor(Of<OwnActivityRequest> /*of*/) {
  return pageFields(ObjectSchema<OwnActivityRequest>("OwnActivityInput"), 200);
}

ObjectSchema<OwnActivityEntry> schemaFor(Of<OwnActivityEntry> /*of*/) {
  return ObjectSchema<OwnActivityEntry>("OwnActivity", "Something that happened to the own account")
      .field("id", &OwnActivityEntry::id)
      .field("at", &OwnActivityEntry::at)
      .field("action", &OwnActivityEntry::action)
      .field("outcome", &OwnActivityEntry::outcome, rules().oneOf({"ok", "fail", "deny"}))
      .field("reason", &OwnActivityEntry::reason, rules().orNull())
      .field("by", &OwnActivityEntry::by,
             rules().describe("self, administrator, operator, rule, system or anonymous"))
      .field("ip", &OwnActivityEntry::ip, rules().orNull().describe("null: the address of somebody else"))
      .field("user_agent", &OwnActivityEntry::userAgent, rules().orNull());
}

ObjectSchema<DataExport> schemaFor(Of<DataExport> /*of*/) {
  using Job = DataExport;
  return ObjectSchema<Job>("DataExport", "A copy of the user's data, or its order")
      .field("id", &Job::id)
      .computed(
          "status", [](const Job& job) { return std::string{job.readyAt ? "ready" : "waiting"}; },
          rules().oneOf({"waiting", "ready"}))
      .field("created_at", &Job::createdAt)
      .field("ready_at", &Job::readyAt)
      .field("expires_at", &Job::expiresAt);
}

ObjectSchema<DeleteAccountRequest> schemaFor(Of<DeleteAccountRequest> /*of*/) {
  return ObjectSchema<DeleteAccountRequest>("DeleteAccountInput", "The password as proof")
      .field("password", &DeleteAccountRequest::password, rules().length(1, 1024));
}

ObjectSchema<DeletionScheduled> schemaFor(Of<DeletionScheduled> /*of*/) {
  return ObjectSchema<DeletionScheduled>("DeletionScheduled", "When the account will be deleted")
      .field("deletes_at", &DeletionScheduled::deletesAt,
             rules().describe("unless the user signs in before that time"));
}

}  // namespace ks
