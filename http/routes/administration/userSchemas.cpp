#include "http/routes/administration/userSchemas.hpp"

#include "http/routes/account/accountFields.hpp"
#include "http/routes/account/authSchemas.hpp"
#include "http/schema/jsonTextCodec.hpp"

namespace ks {
namespace {

/// Fields of both the list and the single answer.
template <class T>
ObjectSchema<T> listedFields(std::string name, std::string description) {
  return ObjectSchema<T>(std::move(name), std::move(description))
      .field("id", &AdminUser::id)
      .field("email", &AdminUser::email, rules().orNull())
      .field("email_verified", &AdminUser::emailVerified)
      .field("username", &AdminUser::username, rules().orNull())
      .field("display_name", &AdminUser::displayName, rules().orNull())
      .field("locale", &AdminUser::locale)
      .field("status", &AdminUser::status)
      .field("roles", &AdminUser::roles)
      .field("mfa_enabled", &AdminUser::mfaEnabled)
      .field("version", &AdminUser::version, rules().describe("for If-Match"))
      .field("external_id", &AdminUser::externalId, rules().orNull())
      .field("status_reason", &AdminUser::statusReason, rules().orNull())
      .field("suspended_until", &AdminUser::suspendedUntil, rules().orNull().describe("null: without an end"))
      .field("last_login_at", &AdminUser::lastLoginAt, rules().orNull())
      .field("password_change_required", &AdminUser::passwordChangeRequired)
      .field("created_at", &AdminUser::createdAt)
      .field("updated_at", &AdminUser::updatedAt)
      .field("deleted_at", &AdminUser::deletedAt, rules().orNull());
}

FieldRules metadataRules() {
  return rules().length(0, 8192).describe("replaces the whole object; at most 8192 bytes as JSON");
}

FieldRules externalIdRules() { return rules().length(0, 128).describe("of another system; empty: none"); }

}  // namespace

ObjectSchema<UserSearch> schemaFor(Of<UserSearch> /*of*/) {
  return pageFields(
      ObjectSchema<UserSearch>("UserSearch")
          .field("q", &UserSearch::text,
                 userTextRules().describe(
                     "anywhere in e-mail address, user name or display name; one or two characters: the "
                     "beginning of the address begins"))
          .field("status", &UserSearch::status, rules().describe("absent: all except deleted accounts"))
          .field("role", &UserSearch::role, rules().optional().length(1, 64))
          .field("mfa", &UserSearch::mfa, rules().describe("with a second factor or without"))
          .field("created_after", &UserSearch::createdAfter, rules().describe("included"))
          .field("created_before", &UserSearch::createdBefore, rules().describe("not included"))
          .field("last_login_before", &UserSearch::lastLoginBefore,
                 rules().describe("not included; also accounts that never signed in"))
          .field("sort", &UserSearch::sort,
                 EnumNames<UserSort>{{UserSort::newest, "-created_at"},
                                     {UserSort::oldest, "created_at"},
                                     {UserSort::email, "email"},
                                     {UserSort::emailDescending, "-email"},
                                     {UserSort::lastLogin, "last_login_at"},
                                     {UserSort::lastLoginDescending, "-last_login_at"}},
                 rules().optional().describe("'-': descending; accounts that never signed in count as 1970"))
          .field("count", &UserSearch::count,
                 EnumNames<UserCount>{{UserCount::approximate, "approx"}, {UserCount::exact, "exact"}},
                 rules().optional().describe("adds page.total; exact can be slow")));
}

ObjectSchema<UserRow> schemaFor(Of<UserRow> /*of*/) {
  return listedFields<UserRow>("UserRow", "What a list shows of an account");
}

ListAnswer<UserRow> userPage(UserPage page, std::uint32_t limit) {
  std::vector<UserRow> rows;
  rows.reserve(page.rows.size());
  for (auto& user : page.rows) {
    rows.push_back({std::move(user)});
  }
  return pageOf(std::move(rows), limit, std::move(page.nextCursor), page.total);
}

ObjectSchema<AdminFactor> schemaFor(Of<AdminFactor> /*of*/) {
  return ObjectSchema<AdminFactor>("AdminFactor", "A second factor of an account")
      .field("id", &AdminFactor::id)
      .field("type", &AdminFactor::type);
}

ObjectSchema<AdminUser> schemaFor(Of<AdminUser> /*of*/) {
  return listedFields<AdminUser>("AdminUser", "An account as administrators see it")
      .field("metadata", &AdminUser::metadata, rules().describe("data of the user"))
      .field("metadata_admin", &AdminUser::metadataAdmin, rules().describe("not visible to the user"))
      .field("password_changed_at", &AdminUser::passwordChangedAt, rules().orNull())
      .field("active_sessions", &AdminUser::activeSessions)
      .field("last_login_ip", &AdminUser::lastLoginIp,
             rules().orNull().describe("of the newest live session"))
      .field("pending_email", &AdminUser::pendingEmail,
             rules().orNull().describe("the new address of a pending change"))
      .field("mfa_factors", &AdminUser::factors)
      .field("failed_logins", &AdminUser::failedLogins, rules().describe("in a row"))
      .field("locked_until", &AdminUser::lockedUntil,
             rules().orNull().describe(
                 "the end of the year 9999: until the password is reset or the lock is lifted"));
}

ObjectSchema<UserKey> schemaFor(Of<UserKey> /*of*/) {
  return ObjectSchema<UserKey>("UserLookup", "Exactly one of them")
      .field("email", &UserKey::email, emailRules().optional())
      .field("username", &UserKey::username, identifierRules().optional().describe("user name"))
      .field("external_id", &UserKey::externalId, rules().optional().length(1, 128));
}

ObjectSchema<UserChangeInput> schemaFor(Of<UserChangeInput> /*of*/) {
  return ObjectSchema<UserChangeInput>("UserChange", "Absent or null fields are not changed")
      .field("email", &UserChangeInput::email,
             emailRules().describe("a new address is not verified, and ends the sessions"))
      .field("username", &UserChangeInput::username, usernameOrNoneRules())
      .field("display_name", &UserChangeInput::displayName, displayNameOrNoneRules())
      .field("locale", &UserChangeInput::locale, localeRules())
      .field("external_id", &UserChangeInput::externalId, externalIdRules())
      .field("metadata", &UserChangeInput::metadata, metadataRules())
      .field("metadata_admin", &UserChangeInput::metadataAdmin, metadataRules());
}

ObjectSchema<SuspendInput> schemaFor(Of<SuspendInput> /*of*/) {
  return ObjectSchema<SuspendInput>("Suspension", "Why an account is suspended and how long")
      .field("reason", &SuspendInput::reason, rules().length(1, 500))
      .field("until", &SuspendInput::until, rules().describe("in the future; absent: until it is lifted"));
}

ObjectSchema<PasswordResetInput> schemaFor(Of<PasswordResetInput> /*of*/) {
  return ObjectSchema<PasswordResetInput>("AdminPasswordReset", "How the user gets the link")
      .field("deliver", &PasswordResetInput::deliver,
             rules().oneOf({"email", "link"}).describe("by mail to the user, or as a link in the answer"));
}

ObjectSchema<PasswordResetOutput> schemaFor(Of<PasswordResetOutput> /*of*/) {
  return ObjectSchema<PasswordResetOutput>("AdminPasswordResetAnswer",
                                           "The link, or that a mail is on its way")
      .computed("deliver", [](const ChangedUser& of) { return std::string{of.resetLink ? "link" : "email"}; })
      .field("link", &PasswordResetOutput::resetLink,
             rules().omitEmpty().describe("shown only once; its holder can choose the password"))
      .field("expires_at", &PasswordResetOutput::resetExpires, rules().omitEmpty());
}

ObjectSchema<UserRolesInput> schemaFor(Of<UserRolesInput> /*of*/) {
  return ObjectSchema<UserRolesInput>("UserRoles", "The roles that the account has from now on")
      .field("roles", &UserRolesInput::roles, rules().length(1, 64).items(0, 32).describe("all of them"));
}

ObjectSchema<DeleteUserQuery> schemaFor(Of<DeleteUserQuery> /*of*/) {
  return ObjectSchema<DeleteUserQuery>("DeleteUserQuery")
      .field("mode", &DeleteUserQuery::mode,
             EnumNames<DeletionMode>{{DeletionMode::soft, "soft"},
                                     {DeletionMode::anonymize, "anonymize"},
                                     {DeletionMode::hard, "hard"}},
             rules().optional().describe("soft: sign-in is impossible; anonymize: also removes all personal "
                                         "data; hard: removes everything except the audit trail"));
}

ObjectSchema<UserSessionPath> schemaFor(Of<UserSessionPath> /*of*/) {
  return ObjectSchema<UserSessionPath>("UserSessionPath")
      .field("id", &UserSessionPath::id)
      .field("session_id", &UserSessionPath::sessionId);
}

ObjectSchema<NewAccount> schemaFor(Of<NewAccount> /*of*/) {
  return ObjectSchema<NewAccount>("NewUser", "An account that is made, or one line of an import")
      .field("email", &NewAccount::email, emailRules())
      .field("username", &NewAccount::username, usernameRules().optional())
      .field("display_name", &NewAccount::displayName, displayNameRules().optional())
      .field("locale", &NewAccount::locale, localeRules().optional())
      .field("external_id", &NewAccount::externalId, externalIdRules().optional())
      .field("roles", &NewAccount::roles, rules().optional().length(1, 64).items(0, 32))
      .field("email_verified", &NewAccount::emailVerified,
             rules().optional().describe("true: marked as verified; otherwise the account is pending"))
      .field("password_hash", &NewAccount::passwordHash,
             rules().optional().length(1, 512).describe(
                 "of the user's password in another system: argon2id, bcrypt, scrypt or PBKDF2 in PHC or "
                 "crypt form"));
}

ObjectSchema<UserBatchInput> schemaFor(Of<UserBatchInput> /*of*/) {
  return ObjectSchema<UserBatchInput>("UserBatch", "One change of many accounts")
      .field("op", &UserBatchInput::name,
             rules().oneOf({"suspend", "unsuspend", "verify_email", "require_password_change", "unlock",
                            "end_sessions", "delete"}))
      .field("ids", &UserBatchInput::ids, rules().items(1, 1000))
      .field("reason", &UserBatchInput::reason,
             rules().optional().length(1, 500).describe("of suspend, required"))
      .field("until", &UserBatchInput::until, rules().describe("of suspend"))
      .field("mode", &UserBatchInput::mode,
             EnumNames<DeletionMode>{{DeletionMode::soft, "soft"},
                                     {DeletionMode::anonymize, "anonymize"},
                                     {DeletionMode::hard, "hard"}},
             rules().optional().describe("of delete"));
}

ObjectSchema<UserBatchResult> schemaFor(Of<UserBatchResult> /*of*/) {
  return ObjectSchema<UserBatchResult>("UserBatchResult", "What came of one account")
      .field("id", &UserBatchResult::id)
      .field("ok", &UserBatchResult::ok)
      .field("error", &UserBatchResult::error, rules().omitEmpty());
}

ObjectSchema<UserBatchOutput> schemaFor(Of<UserBatchOutput> /*of*/) {
  return ObjectSchema<UserBatchOutput>("UserBatchResults", "What came of each account")
      .field("results", &UserBatchOutput::results);
}

ObjectSchema<RevokedSessionsOutput> schemaFor(Of<RevokedSessionsOutput> /*of*/) {
  return ObjectSchema<RevokedSessionsOutput>("RevokedSessions", "How many sessions ended")
      .field("revoked", &RevokedSessionsOutput::sessionsEnded);
}

}  // namespace ks
