#include "http/routes/account/factorSchemas.hpp"

#include "http/routes/account/accountFields.hpp"

namespace ks {
namespace {

FieldRules codeRules() { return rules().length(1, 64).example("\"492039\""); }

}  // namespace

const ObjectSchema<VerifyFactorInput>& verifyFactorInputSchema() {
  static const auto schema =
      ObjectSchema<VerifyFactorInput>("VerifyFactorInput", "The code that a sign-in waits for")
          .field("mfa_token", &VerifyFactorInput::mfaToken, rules().length(1, 256))
          .field("method", &VerifyFactorInput::method,
                 EnumNames<FactorMethod>{{FactorMethod::totp, "totp"},
                                         {FactorMethod::recoveryCode, "recovery_code"}})
          .field("code", &VerifyFactorInput::code, codeRules());
  return schema;
}

const ObjectSchema<ReauthenticateInput>& reauthenticateInputSchema() {
  static const auto schema = ObjectSchema<ReauthenticateInput>("ReauthenticateInput", "One of the two")
                                 .field("password", &ReauthenticateInput::password, rules().length(1, 1024))
                                 .field("totp", &ReauthenticateInput::totp, codeRules());
  return schema;
}

const ObjectSchema<TotpInput>& totpInputSchema() {
  static const auto schema =
      ObjectSchema<TotpInput>("TotpInput", "An authenticator app to be set up")
          .field("name", &TotpInput::name,
                 rules().optional().length(0, 100).describe("as the user calls the app or its device"));
  return schema;
}

const ObjectSchema<FactorCodeInput>& factorCodeInputSchema() {
  static const auto schema = ObjectSchema<FactorCodeInput>("FactorCodeInput")
                                 .field("code", &FactorCodeInput::code, codeRules())
                                 .field("keep_keys", &FactorCodeInput::keepKeys, keepKeysRules());
  return schema;
}

const ObjectSchema<RemoveFactorQuery>& removeFactorQuerySchema() {
  static const auto schema = ObjectSchema<RemoveFactorQuery>("RemoveFactorQuery")
                                 .field("keep_keys", &RemoveFactorQuery::keepKeys, keepKeysRules());
  return schema;
}

const ObjectSchema<FactorPath>& factorPathSchema() {
  static const auto schema = ObjectSchema<FactorPath>("FactorPath").field("id", &FactorPath::id);
  return schema;
}

const ObjectSchema<TotpOutput>& totpOutputSchema() {
  static const auto schema =
      ObjectSchema<TotpOutput>("TotpEnrolment", "What an authenticator app needs; shown this once")
          .field("factor_id", &TotpOutput::factorId)
          .field("secret", &TotpOutput::secret, rules().describe("base32, for apps that take no picture"))
          .field("otpauth_uri", &TotpOutput::address)
          .field("qr_svg", &TotpOutput::image,
                 rules().length(1, 65536).describe("otpauth_uri as a QR code, an SVG document"));
  return schema;
}

FactorListOutput factorListOutput(const FactorList& list) {
  FactorListOutput out;
  for (const auto& factor : list.factors) {
    out.data.push_back({factor.id, "totp", factor.name, factor.active ? "active" : "pending",
                        factor.createdAt, factor.lastUsedAt});
  }
  return out;
}

const ObjectSchema<FactorListOutput>& factorListOutputSchema() {
  static const auto factor =
      ObjectSchema<FactorOutput>("Factor")
          .field("id", &FactorOutput::id)
          .field("type", &FactorOutput::type)
          .field("name", &FactorOutput::name)
          .field("status", &FactorOutput::status, rules().describe("active, or pending: waits for its code"))
          .field("created_at", &FactorOutput::createdAt)
          .field("last_used_at", &FactorOutput::lastUsedAt, rules().orNull());
  static const auto schema =
      ObjectSchema<FactorListOutput>("FactorList").field("data", &FactorListOutput::data, factor);
  return schema;
}

RecoveryCodesOutput recoveryCodesOutput(const RecoveryCodes& codes) {
  return {codes.left, codes.codes.empty() ? std::nullopt : std::optional(codes.codes)};
}

const ObjectSchema<RecoveryCodesOutput>& recoveryCodesOutputSchema() {
  static const auto schema =
      ObjectSchema<RecoveryCodesOutput>("RecoveryCodes")
          .field("left", &RecoveryCodesOutput::left, rules().describe("codes that were not used yet"))
          .field("recovery_codes", &RecoveryCodesOutput::codes,
                 rules().describe("new ones, shown this once"));
  return schema;
}

}  // namespace ks
