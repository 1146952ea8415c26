#pragma once
#include <optional>
#include <string>

#include "messages/account/accountTypeIds.hpp"
#include "messages/account/personalDataRecords.hpp"

// Messages of the actor of users' own data. They have a type-id block of their own.
namespace ks {

/// Of the context's principal, like every message here.
struct OwnActivityRequest {
  RequestContext context;
  std::uint32_t limit = 50;
  std::string cursor;
};
struct OrderExportRequest : PlainRequest {};
struct FetchExportRequest : IdRequest {};
struct FetchedExport {
  DataExport job;
  SecretText content;  ///< JSON; empty: not ready
};
struct DeleteAccountRequest {
  RequestContext context;
  SecretText password;
};
struct DeletionScheduled {
  TimePoint deletesAt;
};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kPersonalData, caf::first_custom_type_id + 400)
CAF_ADD_TYPE_ID(kPersonalData, (ks::OwnActivityRequest))
CAF_ADD_TYPE_ID(kPersonalData, (ks::OwnActivityPage))
CAF_ADD_TYPE_ID(kPersonalData, (ks::OrderExportRequest))
CAF_ADD_TYPE_ID(kPersonalData, (ks::DataExport))
CAF_ADD_TYPE_ID(kPersonalData, (ks::FetchExportRequest))
CAF_ADD_TYPE_ID(kPersonalData, (ks::FetchedExport))
CAF_ADD_TYPE_ID(kPersonalData, (ks::DeleteAccountRequest))
CAF_ADD_TYPE_ID(kPersonalData, (ks::DeletionScheduled))
CAF_END_TYPE_ID_BLOCK(kPersonalData)

namespace ks {

/// A user's own data: activity, copies, deletion of the account. On its timer it makes the copies that were
/// ordered, informs users whose deletion a sign-in has cancelled, and deletes the accounts that are due.
using PersonalDataActor = caf::typed_actor<
    // outOfRange, cursorInvalid.
    caf::result<OwnActivityPage>(OwnActivityRequest),
    // One at a time per user: a copy in progress, or made within the hour, is returned.
    caf::result<DataExport>(OrderExportRequest),
    // jobNotFound.
    caf::result<FetchedExport>(FetchExportRequest),
    // currentPasswordInvalid, lastAdmin, overloaded. Ends the account's sessions.
    caf::result<DeletionScheduled>(DeleteAccountRequest), caf::result<void>(TickAtom)>;

}  // namespace ks
