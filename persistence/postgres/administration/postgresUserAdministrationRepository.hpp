#pragma once
#include "persistence/sql/postgresPipeline.hpp"
#include "persistence/userAdministrationRepositoryInterface.hpp"

namespace ks {

class PostgresUserAdministrationRepository final : public UserAdministrationRepositoryInterface {
 public:
  explicit PostgresUserAdministrationRepository(PostgresPipeline& pipeline) : pipeline_(pipeline) {}

  void search(UserSearch query, Reply<UserPage> reply) override;
  void find(UserKey key, Reply<std::optional<AdminUser>> reply) override;
  void change(UserChange change, Reply<UserChangeOutcome> reply) override;
  void changeMany(UsersChange change, Reply<UsersChangeOutcome> reply) override;
  void create(NewUser user, Reply<UserChangeOutcome> reply) override;

  // postgresSuperadminGrants.cpp
  void grantSuperadmin(SuperadminChange change, Reply<SuperadminOutcome> reply) override;
  void withdrawSuperadmin(SuperadminWithdrawal withdrawal, Reply<UserChangeOutcome> reply) override;
  void superadminGrants(TimePoint now, Reply<std::vector<SuperadminGrant>> reply) override;

  // postgresUserImport.cpp
  void startJob(NewJob job, Reply<Done> reply) override;
  void importUsers(ImportUsers users, Reply<Done> reply) override;
  void findJob(JobQuery query, Reply<std::optional<JobRecord>> reply) override;

  // postgresUserAdministrationSessions.cpp
  void sessions(SessionSearch query, TimePoint now, Reply<AdminSessionPage> reply) override;
  void endChosen(EndChosenSessions choice, Reply<ChosenSessions> reply) override;
  void roles(Reply<RoleList> reply) override;
  void changeRole(RoleChange change, Reply<RoleChangeOutcome> reply) override;
  void activity(UserActivityQuery query, Reply<AuditPage> reply) override;
  void statistics(UserStatisticsQuery query, Reply<UserStatistics> reply) override;

 private:
  PostgresPipeline& pipeline_;
};

}  // namespace ks
