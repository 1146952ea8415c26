#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/account/factorRecords.hpp"
#include "messages/platform/requestContext.hpp"

// Requests of HTTP about second factors, and the answers.
namespace ks {

enum class FactorMethod : std::uint8_t { totp, recoveryCode };

/// The code of the second step of a sign-in.
struct VerifyFactor {
  RequestContext context;
  SecretText mfaToken;
  FactorMethod method = FactorMethod::totp;
  SecretText code;
};

/// Reauthenticates the caller with one of the two.
struct Reauthenticate {
  RequestContext context;
  std::optional<SecretText> password;
  std::optional<SecretText> totp;
};

/// Answered without their secrets.
struct ListFactors : PlainRequest {};

struct BeginTotp {
  RequestContext context;
  std::string name;  ///< the user's name for the app or device; may be empty
};
struct TotpEnrolment {
  Uuid factorId;
  SecretText secret;   ///< base32
  SecretText address;  ///< otpauth://, for the QR code
};

/// The id is that of the factor.
struct ConfirmTotp : IdRequest {
  SecretText code;
  bool keepKeys = false;
};

struct RemoveOwnFactor : IdRequest {
  bool keepKeys = false;
};

struct CountRecoveryCodes : PlainRequest {};
struct MakeRecoveryCodes : PlainRequest {};
struct RecoveryCodes {
  int left = 0;
  std::vector<SecretText> codes;  ///< new ones, shown only once
};

}  // namespace ks
