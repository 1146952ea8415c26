#include "core/errorCode.hpp"

#include <array>

namespace ks {
namespace {

constexpr std::size_t kCodeCount = static_cast<std::size_t>(ErrorCode::last_);

constexpr std::array<ErrorCodeInfo, kCodeCount> kCodes{{
    {"NONE", 200, ""},
    {"BAD_REQUEST", 400, "The request could not be understood"},
    {"MALFORMED_JSON", 400, "The body is not well-formed JSON"},
    {"VALIDATION_FAILED", 400, "Fields of the request are invalid"},
    {"UNKNOWN_FIELD", 400, "The field is unknown"},
    {"INVALID_EMAIL", 400, "This is not an e-mail address"},
    {"INVALID_FORMAT", 400, "The value does not have the required form"},
    {"TOO_SHORT", 400, "The value is too short"},
    {"TOO_LONG", 400, "The value is too long"},
    {"OUT_OF_RANGE", 400, "The value is outside the allowed range"},
    {"REQUIRED", 400, "The value is required"},
    {"TOKEN_MISSING", 401, "Sign in to use this"},
    {"TOKEN_INVALID", 401, "The token is not valid"},
    {"TOKEN_EXPIRED", 401, "The token has expired"},
    {"INVALID_CREDENTIALS", 401, "The identifier or the password is wrong"},
    {"EMAIL_NOT_VERIFIED", 403, "Confirm the e-mail address first"},
    {"ACCOUNT_SUSPENDED", 403, "This account is suspended"},
    {"PASSWORD_CHANGE_REQUIRED", 403, "The password must be changed first"},
    {"PASSWORD_TOO_SHORT", 422, "The password is too short"},
    {"PASSWORD_TOO_LONG", 422, "The password is too long"},
    {"PASSWORD_UNCHANGED", 422, "The new password equals the old one"},
    {"PASSWORD_CONTEXT_WORD", 422, "The password contains the name or the address of the account"},
    {"PASSWORD_BREACHED", 422, "The password is in a list of known passwords"},
    {"REFRESH_TOKEN_INVALID", 401, "The refresh token is not valid"},
    {"REFRESH_TOKEN_REUSED", 401, "The refresh token was already used; the session has been ended"},
    {"SESSION_EXPIRED", 401, "The session has expired"},
    {"SESSION_REVOKED", 401, "The session has been ended"},
    {"SESSION_NOT_FOUND", 404, "There is no such session"},
    {"PERMISSION_DENIED", 403, "You may not do this"},
    {"CSRF_FAILED", 403, "The X-CSRF-Token header is missing or wrong"},
    {"ORIGIN_DENIED", 403, "Requests from this origin are not allowed"},
    {"NOT_FOUND", 404, "Not found"},
    {"USER_NOT_FOUND", 404, "There is no such user"},
    {"METHOD_NOT_ALLOWED", 405, "This method is not allowed here"},
    {"CONFLICT", 409, "The request conflicts with the current state"},
    {"USERNAME_TAKEN", 409, "This user name is taken"},
    {"EMAIL_TAKEN", 409, "This e-mail address is taken"},
    {"PAYLOAD_TOO_LARGE", 413, "The body is too large"},
    {"URI_TOO_LONG", 414, "The address is too long"},
    {"HEADERS_TOO_LARGE", 431, "The headers are too large"},
    {"UNSUPPORTED_MEDIA_TYPE", 415, "Send the body as application/json"},
    {"RATE_LIMITED", 429, "Too many requests"},
    {"TOO_MANY_ATTEMPTS", 429, "Too many attempts"},
    {"INTERNAL", 500, "An internal error occurred; the log has the details under the request id"},
    {"BAD_GATEWAY", 502, "The service behind the gateway gave no valid answer"},
    {"OVERLOADED", 503, "The service is overloaded; try again soon"},
    {"DEPENDENCY_UNAVAILABLE", 503, "A part of the system is unavailable; try again soon"},
    {"SHUTTING_DOWN", 503, "The service is stopping; try again soon"},
    {"TIMEOUT", 504, "The request timed out"},
    {"RANGE_TOO_WIDE", 400, "The time range is too wide"},
    {"CURSOR_INVALID", 400, "The cursor is not valid"},
    {"LINK_INVALID", 400, "The link is invalid or was already used"},
    {"LINK_EXPIRED", 410, "The link has expired; ask for a new one"},
    {"ADDRESS_BANNED", 403, "This address is temporarily banned"},
    {"ADDRESS_PROTECTED", 422, "This address cannot be banned"},
    {"SIGNUP_DISABLED", 403, "Registration is currently closed"},
    {"MFA_REQUIRED", 403, "This needs a sign-in with a second factor"},
    {"MFA_CODE_INVALID", 401, "The code is wrong"},
    {"MFA_CODE_REUSED", 409, "This code was already used; wait for the next one"},
    {"MFA_TOKEN_EXPIRED", 401, "The sign-in has expired; start again"},
    {"REAUTH_REQUIRED", 403, "Confirm who you are first; the last sign-in is too long ago"},
    {"FACTOR_EXISTS", 409, "This factor is already set up"},
    {"FACTOR_NOT_FOUND", 404, "There is no such factor"},
    {"CURRENT_PASSWORD_INVALID", 401, "The current password is wrong"},
    {"VERSION_MISMATCH", 412, "It was changed in the meantime; read it again"},
    {"PRECONDITION_REQUIRED", 428, "Send If-Match with the version that you read"},
    {"SCOPE_NOT_ALLOWED", 403, "A key cannot have a permission that its creator lacks"},
    {"KEY_NOT_FOUND", 404, "There is no such key"},
    {"RANK_TOO_LOW", 403, "You may not act on someone of an equal or higher rank"},
    {"CANNOT_GRANT_HIGHER_ROLE", 403, "You may not grant a role of an equal or higher rank"},
    {"LAST_ADMIN", 409, "The last active superadmin cannot be removed"},
    {"ROLE_IS_SYSTEM", 409, "A system role cannot be changed"},
    {"ROLE_NOT_FOUND", 404, "There is no such role"},
    {"ROLE_IN_USE", 409, "The role is granted to accounts"},
    {"JOB_NOT_FOUND", 404, "There is no such job"},
    {"SETTING_UNKNOWN", 400, "There is no such setting"},
    {"SETTING_NOT_LIVE", 400, "This setting can only be changed in the environment"},
    {"WEBHOOK_NOT_FOUND", 404, "There is no such webhook"},
    {"TARGET_NOT_ALLOWED", 422, "This address cannot be called"},
    {"STEP_UP_REQUIRED", 403, "Confirm who you are first, with one of the named methods"},
    {"SELF_SERVICE_ONLY", 403, "Change your own account under /api/auth/me"},
    {"IMPERSONATION_DENIED", 403, "An impersonated session is read-only; only the user may do this"},
    {"PAYMENT_NOT_FOUND", 404, "There is no such payment"},
    {"NOT_CANCELLABLE", 409, "The payment has ended or money has arrived; read it again"},
    {"NOT_REFUNDABLE", 409, "Nothing of this payment can be refunded; read it again"},
    {"REFUND_EXCEEDS_BALANCE", 409, "Refund at most what was paid and is not refunded yet"},
    {"DUPLICATE_MERCHANT_REF", 409,
     "There is a payment with this merchant_ref: list it with ?merchant_ref=; only another order takes another"},
    {"IDEMPOTENCY_IN_PROGRESS", 409,
     "The first request with this Idempotency-Key is not answered yet; try again soon"},
    {"IDEMPOTENCY_MISMATCH", 422, "This Idempotency-Key was used for another request; take a new one"},
    {"AMOUNT_NOT_WHOLE", 422, "Use whole rupiah: the amount must end with .00"},
    {"GATEWAY_ERROR", 502, "The bank refused this; the events of the payment say why"},
    {"GATEWAY_TIMEOUT", 504, "The bank gave no definite answer in time; ask again later"},
    {"PAYMENTS_DISABLED", 503, "Payments are not set up here"},
}};

}  // namespace

const ErrorCodeInfo& describe(ErrorCode code) noexcept {
  const auto index = static_cast<std::size_t>(code);
  return kCodes[index < kCodeCount ? index : static_cast<std::size_t>(ErrorCode::internal)];
}

bool isRefusal(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::tokenMissing:  // no credentials were sent, as in the first request of every page
    case ErrorCode::tokenExpired:  // the normal expiry of a token or session
    case ErrorCode::sessionExpired:
    case ErrorCode::addressBanned:  // refusals of the gateway, which reports them
    case ErrorCode::rateLimited:
      return false;
    case ErrorCode::linkInvalid:
    case ErrorCode::linkExpired:
    case ErrorCode::mfaCodeReused:
    case ErrorCode::lastAdmin:
    case ErrorCode::roleIsSystem:
    case ErrorCode::addressProtected:
    case ErrorCode::targetNotAllowed:
      return true;
    default: {
      const auto status = describe(code).httpStatus;
      return status == 401 || status == 403 || status == 429;
    }
  }
}

std::string reasonName(ErrorCode code) {
  std::string name{describe(code).name};
  for (auto& c : name) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return name;
}

ErrorCode errorCodeFromName(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kCodeCount; ++i) {
    if (kCodes[i].name == name) {
      return static_cast<ErrorCode>(i);
    }
  }
  return ErrorCode::none;
}

}  // namespace ks
