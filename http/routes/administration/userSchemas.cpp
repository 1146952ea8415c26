#include "http/routes/administration/userSchemas.hpp"

#include "core/text/pageCursor.hpp"
#include "http/routes/account/accountFields.hpp"
#include "http/schema/jsonTextCodec.hpp"

namespace ks {
namespace {

const EnumNames<UserStatus>& userStatusNames() {
  static const EnumNames<UserStatus> names{{UserStatus::pending, "pending"},
                                           {UserStatus::active, "active"},
                                           {UserStatus::suspended, "suspended"},
                                           {UserStatus::deleted, "deleted"}};
  return names;
}

/// What a list and a single answer have in common.
ObjectSchema<AdminUser> listedFields(std::string name) {
  return ObjectSchema<AdminUser>(std::move(name))
      .field("id", &AdminUser::id)
      .field("email", &AdminUser::email, rules().orNull())
      .field("email_verified", &AdminUser::emailVerified)
      .field("username", &AdminUser::username, rules().orNull())
      .field("display_name", &AdminUser::displayName, rules().orNull())
      .field("locale", &AdminUser::locale)
      .field("status", &AdminUser::status, userStatusNames())
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

const ObjectSchema<UserSearch>& userSearchSchema() {
  static const auto schema =
      ObjectSchema<UserSearch>("UserSearch")
          .field(
              "q", &UserSearch::text,
              userTextRules().describe(
                  "anywhere in e-mail address, user name or display name; of one or two characters: how the "
                  "address begins"))
          .field("status", &UserSearch::status, userStatusNames(),
                 rules().describe("absent: all but deleted accounts"))
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
                 rules().optional().describe("'-': descending; who never signed in counts as 1970"))
          .field("count", &UserSearch::count,
                 EnumNames<UserCount>{{UserCount::approximate, "approx"}, {UserCount::exact, "exact"}},
                 rules().optional().describe("page.total says how many there are; exactly takes its time"))
          .field("limit", &UserSearch::limit, rules().optional().range(1, 500))
          .field("cursor", &UserSearch::cursor,
                 rules().optional().length(1, kPageCursorCharacters).describe("of the page before"));
  return schema;
}

const ObjectSchema<AdminUser>& userRowSchema() {
  static const auto schema = listedFields("UserRow");
  return schema;
}

const ListSchema<AdminUser>& userListSchema() {
  static const ListSchema<AdminUser> schema("UserList", userRowSchema());
  return schema;
}

const ObjectSchema<AdminUser>& adminUserSchema() {
  static const auto factor = ObjectSchema<AdminFactor>("AdminFactor")
                                 .field("id", &AdminFactor::id)
                                 .field("type", &AdminFactor::type);
  static const auto schema =
      listedFields("AdminUser")
          .field("metadata", &AdminUser::metadata, rules().describe("what the user keeps here"))
          .field("metadata_admin", &AdminUser::metadataAdmin, rules().describe("the user does not see it"))
          .field("password_changed_at", &AdminUser::passwordChangedAt, rules().orNull())
          .field("active_sessions", &AdminUser::activeSessions)
          .field("last_login_ip", &AdminUser::lastLoginIp,
                 rules().orNull().describe("of the newest live session"))
          .field("pending_email", &AdminUser::pendingEmail,
                 rules().orNull().describe("the address that a change waits for"))
          .field("mfa_factors", &AdminUser::factors, factor)
          .field("failed_logins", &AdminUser::failedLogins, rules().describe("in a row"))
          .field("locked_until", &AdminUser::lockedUntil,
                 rules().orNull().describe(
                     "end of the year 9999: until the password is reset or the lock is lifted"));
  return schema;
}

const ObjectSchema<UserPath>& userPathSchema() {
  static const auto schema = ObjectSchema<UserPath>("UserPath").field("id", &UserPath::id);
  return schema;
}

const ObjectSchema<UserLookupInput>& userLookupSchema() {
  static const auto schema =
      ObjectSchema<UserLookupInput>("UserLookup", "Exactly one of them")
          .field("email", &UserLookupInput::email, emailRules().optional())
          .field("username", &UserLookupInput::username, identifierRules().optional().describe("user name"))
          .field("external_id", &UserLookupInput::externalId, rules().optional().length(1, 128));
  return schema;
}

const ObjectSchema<UserChangeInput>& userChangeSchema() {
  static const auto schema =
      ObjectSchema<UserChangeInput>("UserChange", "What is absent or null stays as it is")
          .field("email", &UserChangeInput::email,
                 emailRules().describe("another address is not verified, and ends the sessions"))
          .field("username", &UserChangeInput::username, usernameOrNoneRules())
          .field("display_name", &UserChangeInput::displayName, displayNameOrNoneRules())
          .field("locale", &UserChangeInput::locale, localeRules())
          .field("external_id", &UserChangeInput::externalId, externalIdRules())
          .field("metadata", &UserChangeInput::metadata, metadataRules())
          .field("metadata_admin", &UserChangeInput::metadataAdmin, metadataRules());
  return schema;
}

const ObjectSchema<SuspendInput>& suspendSchema() {
  static const auto schema = ObjectSchema<SuspendInput>("Suspension")
                                 .field("reason", &SuspendInput::reason, rules().length(1, 500))
                                 .field("until", &SuspendInput::until,
                                        rules().describe("in the future; absent: until it is lifted"));
  return schema;
}

const ObjectSchema<PasswordResetInput>& passwordResetSchema() {
  static const auto schema =
      ObjectSchema<PasswordResetInput>("AdminPasswordReset")
          .field(
              "deliver", &PasswordResetInput::deliver,
              rules().oneOf({"email", "link"}).describe("by mail to the user, or as a link in the answer"));
  return schema;
}

const ObjectSchema<PasswordResetOutput>& passwordResetOutputSchema() {
  static const auto schema =
      ObjectSchema<PasswordResetOutput>("AdminPasswordResetAnswer")
          .field("deliver", &PasswordResetOutput::deliver)
          .field("link", &PasswordResetOutput::link,
                 rules().omitEmpty().describe("shown once; whoever has it chooses the password"))
          .field("expires_at", &PasswordResetOutput::expiresAt, rules().omitEmpty());
  return schema;
}

const ObjectSchema<UserRolesInput>& userRolesSchema() {
  static const auto schema =
      ObjectSchema<UserRolesInput>("UserRoles")
          .field("roles", &UserRolesInput::roles, rules().length(1, 64).items(0, 32).describe("all of them"));
  return schema;
}

const ObjectSchema<DeleteUserQuery>& deleteUserQuerySchema() {
  static const auto schema =
      ObjectSchema<DeleteUserQuery>("DeleteUserQuery")
          .field("mode", &DeleteUserQuery::mode,
                 EnumNames<DeletionMode>{{DeletionMode::soft, "soft"},
                                         {DeletionMode::anonymize, "anonymize"},
                                         {DeletionMode::hard, "hard"}},
                 rules().optional().describe(
                     "soft: nobody can sign in; anonymize: also nothing is left that names a "
                     "person; hard: nothing is left but the audit trail"));
  return schema;
}

const ObjectSchema<UserSessionPath>& userSessionPathSchema() {
  static const auto schema = ObjectSchema<UserSessionPath>("UserSessionPath")
                                 .field("id", &UserSessionPath::id)
                                 .field("session_id", &UserSessionPath::sessionId);
  return schema;
}

const ObjectSchema<CreateUserInput>& createUserSchema() {
  static const auto schema =
      ObjectSchema<CreateUserInput>("NewUser")
          .field("email", &CreateUserInput::email, emailRules())
          .field("username", &CreateUserInput::username, usernameRules().optional())
          .field("display_name", &CreateUserInput::displayName, displayNameRules().optional())
          .field("locale", &CreateUserInput::locale, localeRules().optional())
          .field("external_id", &CreateUserInput::externalId, externalIdRules().optional())
          .field("roles", &CreateUserInput::roles, rules().optional().length(1, 64).items(0, 32))
          .field("email_verified", &CreateUserInput::emailVerified,
                 rules().optional().describe("taken for verified; else the account is pending"))
          .field("password_hash", &CreateUserInput::passwordHash,
                 rules().optional().length(1, 512).describe(
                     "of a password that the user has elsewhere: argon2id, bcrypt, scrypt or PBKDF2 in PHC "
                     "or crypt form"));
  return schema;
}

const ObjectSchema<UserBatchInput>& userBatchSchema() {
  static const auto schema =
      ObjectSchema<UserBatchInput>("UserBatch")
          .field("op", &UserBatchInput::operation,
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
  return schema;
}

const ObjectSchema<UserBatchOutput>& userBatchOutputSchema() {
  static const auto result = ObjectSchema<UserBatchResult>("UserBatchResult")
                                 .field("id", &UserBatchResult::id)
                                 .field("ok", &UserBatchResult::ok)
                                 .field("error", &UserBatchResult::error, rules().omitEmpty());
  static const auto schema =
      ObjectSchema<UserBatchOutput>("UserBatchResults").field("results", &UserBatchOutput::results, result);
  return schema;
}

const ObjectSchema<RevokedSessionsOutput>& revokedSchema() {
  static const auto schema = ObjectSchema<RevokedSessionsOutput>("RevokedSessions")
                                 .field("revoked", &RevokedSessionsOutput::revoked);
  return schema;
}

}  // namespace ks
