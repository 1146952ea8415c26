#pragma once
#include "messages/account/accountRecords.hpp"
#include "persistence/sql/sqlRows.hpp"

/// The status in force of `users u`: an expired suspension is none.
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

// What statements about accounts read.
namespace ks::accountRows {

inline constexpr int kUserColumns = 17;

[[nodiscard]] std::string_view statusName(UserStatus status);
/// Throws SqlReadError when it is the name of none.
[[nodiscard]] UserStatus statusFrom(std::string_view name);
/// KS_USER_COLUMNS, from column 0 on.
[[nodiscard]] UserRecord readUser(const SqlRow& row);

}  // namespace ks::accountRows
