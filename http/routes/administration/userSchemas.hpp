#pragma once
#include <string>
#include <vector>

#include "http/routing/listAnswer.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/userAdministrationMessages.hpp"

// Inputs and outputs of the user administration.
namespace ks {

ObjectSchema<UserSearch> schemaFor(Of<UserSearch> of);
ObjectSchema<AdminUser> schemaFor(Of<AdminUser> of);
/// What a list shows of an account.
struct UserRow : AdminUser {};
ObjectSchema<UserRow> schemaFor(Of<UserRow> of);
[[nodiscard]] ListAnswer<UserRow> userPage(UserPage page, std::uint32_t limit);

ObjectSchema<UserKey> schemaFor(Of<UserKey> of);

/// What is done with what the caller says of it.
[[nodiscard]] inline UserCommand commandOf(UserOperation operation, UserCommand said) {
  said.operation = operation;
  return said;
}
// The parts of a command that a route takes.
struct UserChangeInput : UserCommand {};
ObjectSchema<UserChangeInput> schemaFor(Of<UserChangeInput> of);

struct SuspendInput : UserCommand {};
ObjectSchema<SuspendInput> schemaFor(Of<SuspendInput> of);

struct PasswordResetInput {
  std::string deliver;
};
ObjectSchema<PasswordResetInput> schemaFor(Of<PasswordResetInput> of);

struct PasswordResetOutput : ChangedUser {};
ObjectSchema<PasswordResetOutput> schemaFor(Of<PasswordResetOutput> of);

struct UserRolesInput : UserCommand {};
ObjectSchema<UserRolesInput> schemaFor(Of<UserRolesInput> of);

struct DeleteUserQuery : UserCommand {};
ObjectSchema<DeleteUserQuery> schemaFor(Of<DeleteUserQuery> of);

struct UserSessionPath {
  Uuid id;
  Uuid sessionId;
};
ObjectSchema<UserSessionPath> schemaFor(Of<UserSessionPath> of);

ObjectSchema<NewAccount> schemaFor(Of<NewAccount> of);

struct UserBatchInput : UserCommand {
  std::string name;  ///< of the operation
  std::vector<Uuid> ids;
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

struct RevokedSessionsOutput : ChangedUser {};
ObjectSchema<RevokedSessionsOutput> schemaFor(Of<RevokedSessionsOutput> of);

}  // namespace ks
