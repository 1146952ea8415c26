#pragma once
#include "persistence/sql/sqlStatement.hpp"

// The SQL of PostgresAccountRepository. All are repeatable: ids come from the caller and meet themselves in
// ON CONFLICT, changes name the state that they start from, and where the answer matters the second run gives
// the first one's.
namespace ks::accountStatements {

// Accounts (accountStatements.cpp)
extern const SqlStatement kRegister;
extern const SqlStatement kCreateAdministrator;
extern const SqlStatement kFindCredential;
extern const SqlStatement kVerifyEmail;
extern const SqlStatement kRenewVerification;
extern const SqlStatement kChangePassword;
extern const SqlStatement kUpgradePasswordHash;

// Sessions (sessionStatements.cpp)
extern const SqlStatement kOpenSession;
extern const SqlStatement kFindSession;
extern const SqlStatement kListSessions;
extern const SqlStatement kAdvanceRefresh;
extern const SqlStatement kRevokeSessions;

// Mails, keys, health (outboxStatements.cpp)
extern const SqlStatement kClaimMails;
extern const SqlStatement kMarkMailSent;
extern const SqlStatement kMarkMailFailed;
extern const SqlStatement kGiveUpMail;
extern const SqlStatement kSigningKeys;
extern const SqlStatement kEnsureSigningKey;
extern const SqlStatement kInsertHealthSnapshot;

}  // namespace ks::accountStatements

/// The status in force of `users u`: a suspension that is over by time is none.
#define KS_USER_STATUS                                               \
  "CASE WHEN u.status = 'suspended' AND u.suspended_until <= now() " \
  "THEN CASE WHEN u.email_verified_at IS NULL THEN 'pending' ELSE 'active' END ELSE u.status END"

/// The columns of a UserRecord, read by readUser(), from `users u`.
#define KS_USER_COLUMNS                                                                                   \
  "u.id, u.email::text, u.email_verified_at, u.username::text, u.display_name, u.locale, " KS_USER_STATUS \
  ", "                                                                                                    \
  "u.password_change_required, "                                                                          \
  "ARRAY(SELECT r.name::text FROM user_roles ur JOIN roles r ON r.id = ur.role_id "                       \
  "WHERE ur.user_id = u.id AND (ur.expires_at IS NULL OR ur.expires_at > now()) "                         \
  "ORDER BY r.rank DESC, r.name::text COLLATE \"C\"), "                                                   \
  "ARRAY(SELECT DISTINCT rp.permission COLLATE \"C\" FROM user_roles ur "                                 \
  "JOIN role_permissions rp ON rp.role_id = ur.role_id "                                                  \
  "WHERE ur.user_id = u.id AND (ur.expires_at IS NULL OR ur.expires_at > now()) ORDER BY 1), "            \
  "u.created_at, u.updated_at, u.version::bigint, u.metadata_public::text, u.pending_email::text, "       \
  "u.session_epoch::bigint, EXISTS(SELECT FROM mfa_factors mf WHERE mf.user_id = u.id AND mf.status = "   \
  "'active')"
