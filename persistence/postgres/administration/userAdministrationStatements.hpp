#pragma once
#include "persistence/sql/sqlStatement.hpp"

// The SQL of PostgresUserAdministrationRepository; the functions in it are those of migration
// userAdministration.
namespace ks::userAdministrationStatements {

extern const SqlStatement kUserSearch;
extern const SqlStatement kUserCount;
extern const SqlStatement kFindUser;
extern const SqlStatement kChangeUser;
extern const SqlStatement kChangeUsers;
extern const SqlStatement kCreateUser;
extern const SqlStatement kGrantSuperadmin;
extern const SqlStatement kWithdrawSuperadmin;
extern const SqlStatement kSuperadminGrants;
extern const SqlStatement kSessions;
extern const SqlStatement kSessionsOfUser;
extern const SqlStatement kEndChosenSessions;
extern const SqlStatement kRoles;
extern const SqlStatement kPermissions;
extern const SqlStatement kChangeRole;
extern const SqlStatement kStartJob;
extern const SqlStatement kImportUsers;
extern const SqlStatement kFindJob;
extern const SqlStatement kJobLines;
extern const SqlStatement kUserActivity;
extern const SqlStatement kUserTotals;
extern const SqlStatement kSignInCounts;

}  // namespace ks::userAdministrationStatements
