#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ks {

/// Every error that a caller can see. Values travel in actor messages: append only.
/// `none` is 0 because CAF takes 0 for "no error".
enum class ErrorCode : std::uint8_t {
  none = 0,
  badRequest,
  malformedJson,
  validationFailed,
  unknownField,
  invalidEmail,
  invalidFormat,
  tooShort,
  tooLong,
  outOfRange,
  required,
  tokenMissing,
  tokenInvalid,
  tokenExpired,
  invalidCredentials,
  emailNotVerified,
  accountSuspended,
  passwordChangeRequired,
  passwordTooShort,
  passwordTooLong,
  passwordUnchanged,
  passwordContextWord,
  passwordBreached,
  refreshTokenInvalid,
  refreshTokenReused,
  sessionExpired,
  sessionRevoked,
  sessionNotFound,
  permissionDenied,
  csrfFailed,
  originDenied,
  notFound,
  userNotFound,
  methodNotAllowed,
  conflict,
  usernameTaken,
  emailTaken,
  payloadTooLarge,
  uriTooLong,
  headersTooLarge,
  unsupportedMediaType,
  rateLimited,
  tooManyAttempts,
  internal,
  badGateway,
  overloaded,
  dependencyUnavailable,
  shuttingDown,
  timeout,
  rangeTooWide,
  cursorInvalid,
  linkInvalid,
  linkExpired,
  addressBanned,
  addressProtected,
  signupDisabled,
  mfaRequired,
  mfaCodeInvalid,
  mfaCodeReused,
  mfaTokenExpired,
  reauthRequired,
  factorExists,
  factorNotFound,
  currentPasswordInvalid,
  versionMismatch,
  preconditionRequired,
  scopeNotAllowed,
  keyNotFound,
  rankTooLow,
  cannotGrantHigherRole,
  lastAdmin,
  roleIsSystem,
  roleNotFound,
  roleInUse,
  jobNotFound,
  settingUnknown,
  settingNotLive,
  webhookNotFound,
  targetNotAllowed,
  stepUpRequired,
  selfServiceOnly,
  impersonationDenied,
  paymentNotFound,
  notCancellable,
  notRefundable,
  refundExceedsBalance,
  duplicateMerchantRef,
  idempotencyInProgress,
  idempotencyMismatch,
  amountNotWhole,
  gatewayError,
  gatewayTimeout,
  paymentsOff,
  last_  // not an error: the number of codes
};

/// Meaning of a code outside the process. `name` is the wire form (`USER_NOT_FOUND`), `message` the default
/// English text.
struct ErrorCodeInfo {
  std::string_view name;
  std::uint16_t httpStatus;
  std::string_view message;
};

/// Total function; an unknown value gives `internal`.
const ErrorCodeInfo& describe(ErrorCode code) noexcept;

/// Whether the answer is a refusal: a rule or a check of the caller failed. Such
/// an answer leaves an entry in the audit trail (core/logging/refusalTrail.hpp).
[[nodiscard]] bool isRefusal(ErrorCode code) noexcept;
/// The name as a reason in the audit trail: `permission_denied`.
[[nodiscard]] std::string reasonName(ErrorCode code);

/// Inverse of `describe(code).name`; `none` when there is no such name.
ErrorCode errorCodeFromName(std::string_view name) noexcept;

}  // namespace ks
