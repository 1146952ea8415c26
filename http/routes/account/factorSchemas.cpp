#include "http/routes/account/factorSchemas.hpp"

#include "http/routes/account/accountFields.hpp"

namespace ks {
namespace {

FieldRules codeRules() { return rules().length(1, 64).example("\"492039\""); }

}  // namespace

ObjectSchema<VerifyFactorInput> schemaFor(Of<VerifyFactorInput> /*of*/) {
  return ObjectSchema<VerifyFactorInput>("VerifyFactorInput", "The second step of a sign-in")
      .field("mfa_token", &VerifyFactorInput::mfaToken, rules().length(1, 256))
      .field("method", &VerifyFactorInput::method,
             EnumNames<FactorMethod>{{FactorMethod::totp, "totp"},
                                     {FactorMethod::recoveryCode, "recovery_code"}})
      .field("code", &VerifyFactorInput::code, codeRules());
}

ObjectSchema<ReauthenticateInput> schemaFor(Of<ReauthenticateInput> /*of*/) {
  return ObjectSchema<ReauthenticateInput>("ReauthenticateInput", "One of the two")
      .field("password", &ReauthenticateInput::password, rules().length(1, 1024))
      .field("totp", &ReauthenticateInput::totp, codeRules());
}

ObjectSchema<TotpInput> schemaFor(Of<TotpInput> /*of*/) {
  return ObjectSchema<TotpInput>("TotpInput", "A new authenticator app")
      .field("name", &TotpInput::name,
             rules().optional().length(0, 100).describe("the user's name for the app or its device"));
}

ObjectSchema<FactorCodeInput> schemaFor(Of<FactorCodeInput> /*of*/) {
  return ObjectSchema<FactorCodeInput>("FactorCodeInput", "The first code of the authenticator app")
      .field("code", &FactorCodeInput::code, codeRules())
      .field("keep_keys", &FactorCodeInput::keepKeys, keepKeysRules());
}

ObjectSchema<RemoveFactorQuery> schemaFor(Of<RemoveFactorQuery> /*of*/) {
  return ObjectSchema<RemoveFactorQuery>("RemoveFactorQuery")
      .field("keep_keys", &RemoveFactorQuery::keepKeys, keepKeysRules());
}

ObjectSchema<TotpOutput> schemaFor(Of<TotpOutput> /*of*/) {
  return ObjectSchema<TotpOutput>("TotpEnrolment", "Data for an authenticator app; shown only once")
      .field("factor_id", &TotpOutput::factorId)
      .field("secret", &TotpOutput::secret, rules().describe("base32, for apps without a camera"))
      .field("otpauth_uri", &TotpOutput::address)
      .field("qr_svg", &TotpOutput::image,
             rules().length(1, 65536).describe("otpauth_uri as a QR code, an SVG document"));
}

ObjectSchema<FactorRecord> schemaFor(Of<FactorRecord> /*of*/) {
  using Factor = FactorRecord;
  return ObjectSchema<Factor>("Factor", "A second factor")
      .field("id", &Factor::id)
      .computed("type", [](const Factor& /*factor*/) { return std::string{"totp"}; })
      .field("name", &Factor::name)
      .computed(
          "status", [](const Factor& factor) { return std::string{factor.active ? "active" : "pending"}; },
          rules().describe("active, or pending: not yet confirmed"))
      .field("created_at", &Factor::createdAt)
      .field("last_used_at", &Factor::lastUsedAt, rules().orNull());
}

ObjectSchema<RecoveryCodes> schemaFor(Of<RecoveryCodes> /*of*/) {
  return ObjectSchema<RecoveryCodes>("RecoveryCodes", "How many codes are left, and new ones")
      .field("left", &RecoveryCodes::left, rules().describe("number of unused codes"))
      .field("recovery_codes", &RecoveryCodes::codes,
             rules().omitEmpty().describe("new codes, shown only once"));
}

}  // namespace ks
