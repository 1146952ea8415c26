#pragma once
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "messages/administration/userAdministration.hpp"
#include "messages/monitoring/eventMessages.hpp"

namespace ks {

inline constexpr int kMostSessionsEnded = 10'000;

/// Accounts for administrators. Calls and faults as in AccountRepositoryInterface; cursorInvalid and
/// outOfRange for a search that cannot be.
class UserAdministrationRepositoryInterface {
 public:
  virtual ~UserAdministrationRepositoryInterface() = default;

  virtual void search(UserSearch query, Reply<UserPage> reply) = 0;
  /// With details; deleted accounts by id only.
  virtual void find(UserKey key, Reply<std::optional<AdminUser>> reply) = 0;
  /// Whether the actor may is decided where it is done, by ranks, permissions and versions of that moment.
  virtual void change(UserChange change, Reply<UserChangeOutcome> reply) = 0;
  /// In the order of the ids, so that two of them never wait for each other.
  virtual void changeMany(UsersChange change, Reply<UsersChangeOutcome> reply) = 0;
  /// roleNotFound, cannotGrantHigherRole, permissionDenied, emailTaken, usernameTaken, conflict (external
  /// id); none: done.
  virtual void create(NewUser user, Reply<UserChangeOutcome> reply) = 0;

  virtual void grantSuperadmin(SuperadminChange change, Reply<SuperadminOutcome> reply) = 0;
  virtual void withdrawSuperadmin(SuperadminWithdrawal withdrawal, Reply<UserChangeOutcome> reply) = 0;
  virtual void superadminGrants(TimePoint now, Reply<std::vector<SuperadminGrant>> reply) = 0;

  virtual void sessions(SessionSearch query, TimePoint now, Reply<AdminSessionPage> reply) = 0;
  /// At most kMostSessionsEnded. Not repeatable: of what a lost answer has ended nobody is told.
  virtual void endChosen(EndChosenSessions choice, Reply<ChosenSessions> reply) = 0;

  virtual void roles(Reply<RoleList> reply) = 0;
  virtual void changeRole(RoleChange change, Reply<RoleChangeOutcome> reply) = 0;

  /// Old jobs go with it.
  virtual void startJob(NewJob job, Reply<Done> reply) = 0;
  virtual void importUsers(ImportUsers users, Reply<Done> reply) = 0;
  virtual void findJob(JobQuery query, Reply<std::optional<JobRecord>> reply) = 0;

  virtual void activity(UserActivityQuery query, Reply<AuditPage> reply) = 0;
  virtual void statistics(UserStatisticsQuery query, Reply<UserStatistics> reply) = 0;
};

}  // namespace ks
