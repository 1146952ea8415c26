#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/schema/objectSchema.hpp"
#include "messages/account/factorMessages.hpp"

// The bodies of the routes of second factors.
namespace ks {

struct VerifyFactorInput {
  SecretText mfaToken;
  FactorMethod method = FactorMethod::totp;
  SecretText code;
};
ObjectSchema<VerifyFactorInput> schemaFor(Of<VerifyFactorInput> of);

struct ReauthenticateInput {
  std::optional<SecretText> password;
  std::optional<SecretText> totp;
};
ObjectSchema<ReauthenticateInput> schemaFor(Of<ReauthenticateInput> of);

struct TotpInput {
  std::string name;
};
ObjectSchema<TotpInput> schemaFor(Of<TotpInput> of);

struct FactorCodeInput {
  SecretText code;
  bool keepKeys = false;
};
ObjectSchema<FactorCodeInput> schemaFor(Of<FactorCodeInput> of);

struct RemoveFactorQuery {
  bool keepKeys = false;
};
ObjectSchema<RemoveFactorQuery> schemaFor(Of<RemoveFactorQuery> of);

struct TotpOutput {
  Uuid factorId;
  SecretText secret;
  SecretText address;
  SecretText image;
};
ObjectSchema<TotpOutput> schemaFor(Of<TotpOutput> of);

ObjectSchema<FactorRecord> schemaFor(Of<FactorRecord> of);
ObjectSchema<RecoveryCodes> schemaFor(Of<RecoveryCodes> of);

}  // namespace ks
