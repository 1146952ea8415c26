#pragma once
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "messages/account/personalDataRecords.hpp"

namespace ks {

/// A user's own data: activity, copies, and the end of the account. Every method is one transaction and safe
/// to repeat.
class PersonalDataRepositoryInterface {
 public:
  virtual ~PersonalDataRepositoryInterface() = default;

  /// outOfRange, cursorInvalid.
  virtual void ownActivity(OwnActivityQuery query, Reply<OwnActivityPage> reply) = 0;

  /// The order, or the one that the user has already.
  virtual void orderExport(OrderDataExport order, Reply<DataExport> reply) = 0;
  virtual void findExport(FindDataExport query, Reply<std::optional<FoundDataExport>> reply) = 0;
  /// The oldest order that nobody works on, hidden from others until `leaseUntil`; removes what has expired.
  virtual void claimExport(TimePoint now, TimePoint leaseUntil,
                           Reply<std::optional<ClaimedDataExport>> reply) = 0;
  virtual void finishExport(FinishDataExport finished, Reply<Done> reply) = 0;

  /// Ends the account's sessions too. A sign-in (AccountRepositoryInterface::openSession) cancels.
  virtual void scheduleDeletion(ScheduleDeletion deletion, Reply<ScheduledDeletion> reply) = 0;
  /// At most 20 whose owners are yet to be told.
  virtual void cancelledDeletions(Reply<std::vector<CancelledDeletion>> reply) = 0;
  virtual void noteCancelledDeletion(NoteCancelledDeletion note, Reply<Done> reply) = 0;
  /// Deletes one account that is due; nothing: none is. The audit event's target and outcome are filled in.
  virtual void deleteDueAccount(TimePoint now, AuditEvent audit,
                                Reply<std::optional<DeletedAccount>> reply) = 0;
};

}  // namespace ks
