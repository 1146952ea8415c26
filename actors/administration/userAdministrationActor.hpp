#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/account/accountSteps.hpp"
#include "actors/platform/queryJob.hpp"
#include "actors/runtime/actorDirectory.hpp"
#include "messages/administration/userAdministrationMessages.hpp"

namespace ks {

struct UserAdministrationDependencies {
  AuthDependencies accounts;
  ActorPool<MonitoringStorageActor> storage;
  std::string publicUrl;  ///< an origin
  std::chrono::hours invitationLife{7 * 24};
};

/// See UserAdministrationActor. Never blocks. userAdministrationActor.cpp: accounts;
/// userAdministrationRoles.cpp: sessions, roles, statistics; userImpersonation.cpp: acting as another user;
/// superadminGrants.cpp: superadmins.
struct UserAdministrationState : AccountSteps<UserAdministrationActor> {
  UserAdministrationState(UserAdministrationActor::pointer self, std::shared_ptr<ActorProbe> probe,
                          UserAdministrationDependencies dependencies);
  UserAdministrationActor::behavior_type make_behavior();

 private:
  caf::result<UserPage> search(SearchUsers& request);
  caf::result<AdminUser> find(FindUser& request);
  caf::result<ChangedUser> change(ChangeUser& request);
  using ChangePromise = caf::typed_response_promise<ChangedUser>;
  void changeAllowed(ChangeUser& request, const ChangePromise& promise);
  /// The mail to the user with the change, or the link for the caller.
  std::optional<Fault> addMail(UserChange& change, const AdminUser& user, std::optional<SecretText>& link);
  /// The old address gets a mail with a link that undoes the change by an administrator.
  std::optional<Fault> addMoveNotice(UserChange& change, const AdminUser& user);
  void storeChange(const RequestContext& context, UserChange change, std::optional<SecretText> link,
                   ChangePromise promise);
  // userImpersonation.cpp
  caf::result<LoginAnswer> impersonate(ImpersonateUser& request);
  Result<UserChange> impersonation(const ImpersonateUser& request, const AdminUser& user,
                                   SecretText& refreshKey);
  // superadminGrants.cpp
  caf::result<GrantedSuperadmin> grantSuperadmin(GrantSuperadmin& request);
  using GrantPromise = caf::typed_response_promise<GrantedSuperadmin>;
  void storeGrant(const std::shared_ptr<GrantSuperadmin>& request, SuperadminChange change,
                  const GrantPromise& promise);
  void deliverGrant(const RequestContext& context, const Uuid& userId, bool granted, GrantPromise promise);
  caf::result<Done> withdrawSuperadmin(WithdrawSuperadmin& request);
  caf::result<std::vector<SuperadminGrant>> superadminGrants(ListSuperadminGrants& request);
  caf::result<UsersChangeOutcome> changeMany(ChangeUsers& request);
  caf::result<AdminUser> create(CreateUser& request);

  caf::result<AdminSessionPage> sessions(SearchSessions& request);
  caf::result<EndSessionsAnswer> endSessions(EndSessions& request);
  caf::result<RoleList> roles(ListRoles& request);
  caf::result<ChangedRole> changeRole(ChangeRole& request);
  // userImport.cpp
  struct Import;
  caf::result<JobRecord> startImport(StartUserImport& request);
  void importNext(const std::shared_ptr<Import>& import);
  void failImport(const Import& import);
  caf::result<JobRecord> findJob(FindJob& request);

  caf::result<AuditPage> activity(AskUserActivity& request);
  caf::result<UserStatistics> statistics(AskUserStatistics& request);

  /// One session each, grouped by owner.
  void chosenSessionsEnded(const RequestContext& context, const std::vector<EndedSession>& ended);
  /// The caller's event; a caller without a principal came through the control socket.
  [[nodiscard]] AuditEvent auditOfCaller(const RequestContext& context, const char* action,
                                         const char* targetType) const;
  [[nodiscard]] static std::optional<Uuid> actorOf(const RequestContext& context);
  [[nodiscard]] static Fault refusalOf(ErrorCode code);

  template <class Op, class Promise, class Next>
  void queryThen(const RequestContext& context, Op operation, Promise promise, Next next) {
    ks::queryThen(self, probe_, context, deps_.policy->storageTimeout, queries_, std::move(operation),
                  std::move(promise), std::move(next));
  }

  /// Answers what the storage answers.
  template <class Op>
  caf::result<typename Op::Out> queryAnswer(const RequestContext& context, Op operation) {
    auto promise = self->make_response_promise<typename Op::Out>();
    queryThen(context, std::move(operation), promise, delivery<typename Op::Out>(promise));
    return promise;
  }

  ActorPool<MonitoringStorageActor> queries_;
  std::string publicUrl_;
  std::chrono::hours invitationLife_;
  std::size_t imports_ = 0;  ///< in progress
};

}  // namespace ks
