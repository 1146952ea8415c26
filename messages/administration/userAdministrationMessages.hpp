#pragma once
#include "messages/account/accountTypeIds.hpp"
#include "messages/administration/userAdministration.hpp"
#include "messages/administration/userImportRecords.hpp"
#include "messages/monitoring/monitoringTypeIds.hpp"
#include "messages/platform/typeIds.hpp"

// Messages of the user administration. They have a type-id block of their own, for the admin process:
// caf::init_global_meta_objects<caf::id_block::kUserAdministration>().
namespace ks {

struct SearchUsers {
  RequestContext context;
  UserSearch query;
};
struct FindUser {
  RequestContext context;
  UserKey key;
};
struct ChangeUser {
  RequestContext context;
  Uuid userId;
  UserCommand wish;
  std::optional<std::int32_t> expectedVersion;
};
struct ChangedUser {
  std::optional<AdminUser> user;  ///< as it is now; nothing: it is gone
  std::uint64_t sessionsEnded = 0;
  std::optional<SecretText> resetLink;  ///< of a reset by link
  std::optional<TimePoint> resetExpires;
};
/// Signs the caller in as another user, without a refresh token. Answered as a sign-in.
struct ImpersonateUser : IdRequest {
  std::string reason;
  std::uint32_t seconds = 900;
};
/// Makes the account a superadmin, or restores a suspended one; see SuperadminGrant.
struct GrantSuperadmin : IdRequest {
  std::string reason;
};
struct GrantedSuperadmin {
  std::optional<AdminUser> user;           ///< done: as it is now
  std::optional<SuperadminGrant> waiting;  ///< for another superadmin
};
struct WithdrawSuperadmin : IdRequest {};
struct ListSuperadminGrants : PlainRequest {};
struct ChangeUsers {
  RequestContext context;
  std::vector<Uuid> userIds;  ///< at most 1,000, each once
  UserCommand wish;
};
struct CreateUser : NewAccount {
  RequestContext context;
};
/// Answered when the job is stored; it continues asynchronously.
struct StartUserImport {
  RequestContext context;
  std::vector<ImportedUser> users;  ///< at most kMostImportLines
};
struct FindJob : IdRequest {
  std::uint32_t afterLine = 0;
  std::uint32_t limit = 500;
};
struct SearchSessions : SessionSearch {
  RequestContext context;
};
struct EndSessions {
  RequestContext context;
  SessionChoice choice;
  bool onlyCount = false;
};
struct EndSessionsAnswer {
  std::uint64_t chosen = 0;
  std::uint64_t ended = 0;
};
struct ListRoles : PlainRequest {};
struct ChangeRole {
  RequestContext context;
  Uuid roleId;  ///< nil: a new one
  RoleWish wish;
};
struct ChangedRole {
  std::optional<RoleRecord> role;  ///< as it is now; nothing: it is gone
};
struct AskUserActivity : UserActivityQuery {
  RequestContext context;
};
struct AskUserStatistics {
  RequestContext context;
  UserStatisticsQuery query;
};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kUserAdministration, caf::first_custom_type_id + 1100)
CAF_ADD_TYPE_ID(kUserAdministration, (ks::SearchUsers))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::UserPage))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::FindUser))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::AdminUser))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::ChangeUser))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::ChangedUser))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::ChangeUsers))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::UsersChangeOutcome))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::CreateUser))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::SearchSessions))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::AdminSessionPage))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::EndSessions))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::EndSessionsAnswer))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::ListRoles))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::RoleList))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::ChangeRole))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::ChangedRole))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::AskUserStatistics))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::UserStatistics))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::StartUserImport))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::FindJob))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::JobRecord))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::AskUserActivity))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::ImpersonateUser))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::GrantSuperadmin))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::GrantedSuperadmin))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::WithdrawSuperadmin))
CAF_ADD_TYPE_ID(kUserAdministration, (ks::ListSuperadminGrants))
CAF_ADD_TYPE_ID(kUserAdministration, (std::vector<ks::SuperadminGrant>))
CAF_END_TYPE_ID_BLOCK(kUserAdministration)

namespace ks {

/// Accounts for administrators. Ranks and permissions decide what a caller may do, in the statement that does
/// it (migration administrationRights): rankTooLow, permissionDenied, cannotGrantHigherRole, lastAdmin. A
/// caller without a principal is the operator.
using UserAdministrationActor = caf::typed_actor<
    // outOfRange, cursorInvalid.
    caf::result<UserPage>(SearchUsers),
    // userNotFound.
    caf::result<AdminUser>(FindUser),
    // userNotFound, versionMismatch, conflict, emailTaken, usernameTaken, roleNotFound, sessionNotFound,
    // selfServiceOnly.
    caf::result<ChangedUser>(ChangeUser),
    // userNotFound, conflict (not active), rankTooLow.
    caf::result<LoginAnswer>(ImpersonateUser),
    // userNotFound, conflict (neither can it be made one nor restored), rankTooLow.
    caf::result<GrantedSuperadmin>(GrantSuperadmin),
    // notFound, rankTooLow.
    caf::result<Done>(WithdrawSuperadmin), caf::result<std::vector<SuperadminGrant>>(ListSuperadminGrants),
    // Each account by itself: some may be refused.
    caf::result<UsersChangeOutcome>(ChangeUsers),
    // emailTaken, usernameTaken, conflict (external id), roleNotFound, invalidFormat (password hash).
    caf::result<AdminUser>(CreateUser),
    // outOfRange, invalidFormat, cursorInvalid.
    caf::result<AdminSessionPage>(SearchSessions),
    // Never the caller's own, nor those of an equal or higher rank.
    caf::result<EndSessionsAnswer>(EndSessions), caf::result<RoleList>(ListRoles),
    // roleNotFound, roleIsSystem, roleInUse, conflict (name), permissionDenied (a permission that the caller
    // has not).
    caf::result<ChangedRole>(ChangeRole),
    // overloaded: too many are running.
    caf::result<JobRecord>(StartUserImport),
    // outOfRange, cursorInvalid.
    caf::result<AuditPage>(AskUserActivity),
    // jobNotFound.
    caf::result<JobRecord>(FindJob), caf::result<UserStatistics>(AskUserStatistics)>;

}  // namespace ks
