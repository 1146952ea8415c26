#include "http/routes/account/factorSchemas.hpp"

#include "http/routes/account/accountFields.hpp"
#include "http/routes/account/qrCodeImage.hpp"

namespace ks {
namespace {

FieldRules codeRules() { return rules().length(1, 64).example("\"492039\""); }

}  // namespace

ObjectSchema<VerifyFactor> schemaFor(Of<VerifyFactor> /*of*/) {
  return ObjectSchema<VerifyFactor>("VerifyFactorInput", "The second step of a sign-in")
      .field("mfa_token", &VerifyFactor::mfaToken, rules().length(1, 256))
      .field("method", &VerifyFactor::method,
             EnumNames<FactorMethod>{{FactorMethod::totp, "totp"},
                                     {FactorMethod::recoveryCode, "recovery_code"}})
      .field("code", &VerifyFactor::code, codeRules());
}

ObjectSchema<Reauthenticate> schemaFor(Of<Reauthenticate> /*of*/) {
  return ObjectSchema<Reauthenticate>("ReauthenticateInput", "One of the two")
      .field("password", &Reauthenticate::password, rules().length(1, 1024))
      .field("totp", &Reauthenticate::totp, codeRules());
}

ObjectSchema<BeginTotp> schemaFor(Of<BeginTotp> /*of*/) {
  return ObjectSchema<BeginTotp>("TotpInput", "A new authenticator app")
      .field("name", &BeginTotp::name,
             rules().optional().length(0, 100).describe("the user's name for the app or its device"));
}

ObjectSchema<ConfirmTotp> schemaFor(Of<ConfirmTotp> /*of*/) {
  return ObjectSchema<ConfirmTotp>("FactorCodeInput", "The first code of the authenticator app")
      .field("code", &ConfirmTotp::code, codeRules())
      .field("keep_keys", &ConfirmTotp::keepKeys, keepKeysRules());
}

ObjectSchema<RemoveOwnFactor> schemaFor(Of<RemoveOwnFactor> /*of*/) {
  return ObjectSchema<RemoveOwnFactor>("RemoveFactorQuery")
      .field("keep_keys", &RemoveOwnFactor::keepKeys, keepKeysRules());
}

ObjectSchema<TotpEnrolment> schemaFor(Of<TotpEnrolment> /*of*/) {
  return ObjectSchema<TotpEnrolment>("TotpEnrolment", "Data for an authenticator app; shown only once")
      .field("factor_id", &TotpEnrolment::factorId)
      .field("secret", &TotpEnrolment::secret, rules().describe("base32, for apps without a camera"))
      .field("otpauth_uri", &TotpEnrolment::address)
      .computed(
          "qr_svg", [](const TotpEnrolment& begun) { return SecretText{qrCodeSvg(begun.address.reveal())}; },
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
