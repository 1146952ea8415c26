#pragma once
#include <chrono>
#include <memory>

#include "actors/account/loginGuard.hpp"
#include "messages/account/personalDataMessages.hpp"

namespace ks {

struct PersonalDataPolicy {
  std::chrono::hours deletionGrace{14 * 24};
  std::chrono::hours exportLife{7 * 24};
  std::chrono::hours exportAgain{1};  ///< a finished copy is not replaced sooner
  std::chrono::seconds tick{5};
  /// Longer than making a copy takes; if its process was killed, another makes it then.
  std::chrono::seconds exportLease{60};
};

/// See PersonalDataActor. Several processes share the work: each order and each due account is claimed by
/// one.
struct PersonalDataState : LoginGuard<PersonalDataActor> {
  PersonalDataState(PersonalDataActor::pointer self, std::shared_ptr<ActorProbe> probe,
                    AuthDependencies dependencies, PersonalDataPolicy policy);
  PersonalDataActor::behavior_type make_behavior();

 private:
  caf::result<OwnActivityPage> ownActivity(OwnActivityRequest& request);
  caf::result<DataExport> orderExport(OrderExportRequest& request);
  caf::result<FetchedExport> fetchExport(FetchExportRequest& request);
  caf::result<DeletionScheduled> deleteAccount(DeleteAccountRequest& request);
  void scheduleDeletion(const RequestContext& context, const UserRecord& user,
                        caf::typed_response_promise<DeletionScheduled> promise);

  /// Each runs until no work is left.
  void makeCopies();
  void finishCopy(const ClaimedDataExport& claimed);
  void tellCancelled();
  /// Users whose keys ended with their sessions.
  void tellEndedKeys();
  void deleteDueAccounts();
  [[nodiscard]] AuditEvent eventOf(const RequestContext& context, const char* action,
                                   const Uuid& userId) const;

  PersonalDataPolicy policy_;
  bool copying_ = false;
  bool deleting_ = false;
};

}  // namespace ks
