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
const ObjectSchema<VerifyFactorInput>& verifyFactorInputSchema();

struct ReauthenticateInput {
  std::optional<SecretText> password;
  std::optional<SecretText> totp;
};
const ObjectSchema<ReauthenticateInput>& reauthenticateInputSchema();

struct TotpInput {
  std::string name;
};
const ObjectSchema<TotpInput>& totpInputSchema();

struct FactorCodeInput {
  SecretText code;
  bool keepKeys = false;
};
const ObjectSchema<FactorCodeInput>& factorCodeInputSchema();

struct RemoveFactorQuery {
  bool keepKeys = false;
};
const ObjectSchema<RemoveFactorQuery>& removeFactorQuerySchema();

struct FactorPath {
  Uuid id;
};
const ObjectSchema<FactorPath>& factorPathSchema();

struct TotpOutput {
  Uuid factorId;
  SecretText secret;
  SecretText address;
  SecretText image;
};
const ObjectSchema<TotpOutput>& totpOutputSchema();

struct FactorOutput {
  Uuid id;
  std::string type = "totp";
  std::string name;
  std::string status;
  TimePoint createdAt;
  std::optional<TimePoint> lastUsedAt;
};
struct FactorListOutput {
  std::vector<FactorOutput> data;
};
FactorListOutput factorListOutput(const FactorList& list);
const ObjectSchema<FactorListOutput>& factorListOutputSchema();

struct RecoveryCodesOutput {
  int left = 0;
  std::optional<std::vector<SecretText>> codes;
};
RecoveryCodesOutput recoveryCodesOutput(const RecoveryCodes& codes);
const ObjectSchema<RecoveryCodesOutput>& recoveryCodesOutputSchema();

}  // namespace ks
