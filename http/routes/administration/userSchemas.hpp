#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listSchema.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/userAdministration.hpp"

// Inputs and outputs of the user administration.
namespace ks {

const ObjectSchema<UserSearch>& userSearchSchema();
/// A list's row.
const ObjectSchema<AdminUser>& userRowSchema();
const ListSchema<AdminUser>& userListSchema();
const ObjectSchema<AdminUser>& adminUserSchema();

struct UserPath {
  Uuid id;
};
const ObjectSchema<UserPath>& userPathSchema();

struct UserLookupInput {
  std::string email;
  std::string username;
  std::string externalId;
};
const ObjectSchema<UserLookupInput>& userLookupSchema();

struct UserChangeInput {
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<std::string> displayName;
  std::optional<std::string> locale;
  std::optional<std::string> externalId;
  std::optional<JsonText> metadata;
  std::optional<JsonText> metadataAdmin;
};
const ObjectSchema<UserChangeInput>& userChangeSchema();

struct SuspendInput {
  std::string reason;
  std::optional<TimePoint> until;
};
const ObjectSchema<SuspendInput>& suspendSchema();

struct PasswordResetInput {
  std::string deliver;
};
const ObjectSchema<PasswordResetInput>& passwordResetSchema();

/// One way or the other.
struct PasswordResetOutput {
  std::string deliver;
  std::optional<SecretText> link;
  std::optional<TimePoint> expiresAt;
};
const ObjectSchema<PasswordResetOutput>& passwordResetOutputSchema();

struct UserRolesInput {
  std::vector<std::string> roles;
};
const ObjectSchema<UserRolesInput>& userRolesSchema();

struct DeleteUserQuery {
  DeletionMode mode = DeletionMode::soft;
};
const ObjectSchema<DeleteUserQuery>& deleteUserQuerySchema();

struct UserSessionPath {
  Uuid id;
  Uuid sessionId;
};
const ObjectSchema<UserSessionPath>& userSessionPathSchema();

struct CreateUserInput {
  std::string email;
  std::string username;
  std::string displayName;
  std::string locale = "en";
  std::string externalId;
  std::vector<std::string> roles{"user"};
  bool emailVerified = false;
  SecretText passwordHash;
};
const ObjectSchema<CreateUserInput>& createUserSchema();

struct UserBatchInput {
  std::string operation;
  std::vector<Uuid> ids;
  std::string reason;
  std::optional<TimePoint> until;
  DeletionMode mode = DeletionMode::soft;
};
const ObjectSchema<UserBatchInput>& userBatchSchema();

struct UserBatchResult {
  Uuid id;
  bool ok = false;
  std::string error;
};
struct UserBatchOutput {
  std::vector<UserBatchResult> results;
};
const ObjectSchema<UserBatchOutput>& userBatchOutputSchema();

struct RevokedSessionsOutput {
  std::uint64_t revoked = 0;
};
const ObjectSchema<RevokedSessionsOutput>& revokedSchema();

}  // namespace ks
