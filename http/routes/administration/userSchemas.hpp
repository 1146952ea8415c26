#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routing/listAnswer.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/userAdministration.hpp"

// Inputs and outputs of the user administration.
namespace ks {

ObjectSchema<UserSearch> schemaFor(Of<UserSearch> of);
ObjectSchema<AdminUser> schemaFor(Of<AdminUser> of);
/// What a list shows of an account.
struct UserRow : AdminUser {};
ObjectSchema<UserRow> schemaFor(Of<UserRow> of);
[[nodiscard]] ListAnswer<UserRow> userPage(UserPage page, std::uint32_t limit);

struct UserLookupInput {
  std::string email;
  std::string username;
  std::string externalId;
};
ObjectSchema<UserLookupInput> schemaFor(Of<UserLookupInput> of);

struct UserChangeInput {
  std::optional<std::string> email;
  std::optional<std::string> username;
  std::optional<std::string> displayName;
  std::optional<std::string> locale;
  std::optional<std::string> externalId;
  std::optional<JsonText> metadata;
  std::optional<JsonText> metadataAdmin;
};
ObjectSchema<UserChangeInput> schemaFor(Of<UserChangeInput> of);

struct SuspendInput {
  std::string reason;
  std::optional<TimePoint> until;
};
ObjectSchema<SuspendInput> schemaFor(Of<SuspendInput> of);

struct PasswordResetInput {
  std::string deliver;
};
ObjectSchema<PasswordResetInput> schemaFor(Of<PasswordResetInput> of);

/// One way or the other.
struct PasswordResetOutput {
  std::string deliver;
  std::optional<SecretText> link;
  std::optional<TimePoint> expiresAt;
};
ObjectSchema<PasswordResetOutput> schemaFor(Of<PasswordResetOutput> of);

struct UserRolesInput {
  std::vector<std::string> roles;
};
ObjectSchema<UserRolesInput> schemaFor(Of<UserRolesInput> of);

struct DeleteUserQuery {
  DeletionMode mode = DeletionMode::soft;
};
ObjectSchema<DeleteUserQuery> schemaFor(Of<DeleteUserQuery> of);

struct UserSessionPath {
  Uuid id;
  Uuid sessionId;
};
ObjectSchema<UserSessionPath> schemaFor(Of<UserSessionPath> of);

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
ObjectSchema<CreateUserInput> schemaFor(Of<CreateUserInput> of);

struct UserBatchInput {
  std::string operation;
  std::vector<Uuid> ids;
  std::string reason;
  std::optional<TimePoint> until;
  DeletionMode mode = DeletionMode::soft;
};
ObjectSchema<UserBatchInput> schemaFor(Of<UserBatchInput> of);

struct UserBatchResult {
  Uuid id;
  bool ok = false;
  std::string error;
};
struct UserBatchOutput {
  std::vector<UserBatchResult> results;
};
ObjectSchema<UserBatchOutput> schemaFor(Of<UserBatchOutput> of);

struct RevokedSessionsOutput {
  std::uint64_t revoked = 0;
};
ObjectSchema<RevokedSessionsOutput> schemaFor(Of<RevokedSessionsOutput> of);

}  // namespace ks
