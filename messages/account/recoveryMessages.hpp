#pragma once
#include "messages/account/accountTypeIds.hpp"
#include "messages/account/recoveryRecords.hpp"

// Requests of HTTP to the recoveryActor. The form of inputs is already validated.
namespace ks {

struct ForgotPasswordRequest : EmailRequest {};

struct ResetPasswordRequest {
  RequestContext context;
  SecretText token;
  SecretText password;
  bool keepKeys = false;
};

/// The signed-in user's own; the calling session stays.
struct OwnPasswordRequest {
  RequestContext context;
  SecretText currentPassword;
  SecretText newPassword;
  bool endOtherSessions = true;
  bool keepKeys = false;
};

struct ChangeEmailRequest {
  RequestContext context;
  std::string newEmail;
  SecretText password;
};
struct ConfirmEmailRequest : TokenRequest {};
struct CancelEmailRequest : PlainRequest {};
/// By the link sent to the old address; needs no session.
struct UndoEmailRequest : TokenRequest {};

/// For a link by mail that makes the device known which opens it.
struct DeviceLinkRequest {
  RequestContext context;
  std::string identifier;  ///< e-mail address or user name
};
struct TrustDeviceRequest : TokenRequest {
  TokenTransport transport = TokenTransport::bearer;
};
struct TrustedDevice {
  SecretText deviceToken;
  TokenTransport transport = TokenTransport::bearer;
};

struct UpdateProfileRequest : ProfileChange {
  RequestContext context;
};
struct ProfileAnswer {
  std::shared_ptr<const UserRecord> user;
};

}  // namespace ks

// registerMessageTypes() initialises this block behind kServices; see typeIds.hpp.
CAF_BEGIN_TYPE_ID_BLOCK(kRecovery, caf::first_custom_type_id + 300)
CAF_ADD_TYPE_ID(kRecovery, (ks::ForgotPasswordRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::ResetPasswordRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::OwnPasswordRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::ChangeEmailRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::ConfirmEmailRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::CancelEmailRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::UndoEmailRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::UpdateProfileRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::ProfileAnswer))
CAF_ADD_TYPE_ID(kRecovery, (ks::DeviceLinkRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::TrustDeviceRequest))
CAF_ADD_TYPE_ID(kRecovery, (ks::TrustedDevice))
CAF_END_TYPE_ID_BLOCK(kRecovery)

namespace ks {

/// Recovery and changes of an account by its owner (public process).
using RecoveryActor = caf::typed_actor<
    // Always the same answer and the same work; a mail is sent if the account exists.
    // tooManyAttempts.
    caf::result<Done>(ForgotPasswordRequest),
    // linkInvalid, linkExpired, password* faults. Ends every session; signs nobody in.
    caf::result<Done>(ResetPasswordRequest),
    // currentPasswordInvalid, tooManyAttempts, password* faults.
    caf::result<Done>(OwnPasswordRequest),
    // currentPasswordInvalid, tooManyAttempts. The answer is the same for a taken address.
    caf::result<Done>(ChangeEmailRequest),
    // linkInvalid, linkExpired, emailTaken.
    caf::result<Done>(ConfirmEmailRequest),
    // Idempotent.
    caf::result<Done>(CancelEmailRequest),
    // linkInvalid, linkExpired, emailTaken. Takes password and sessions away.
    caf::result<Done>(UndoEmailRequest),
    // versionMismatch, usernameTaken.
    caf::result<ProfileAnswer>(UpdateProfileRequest),
    // Always the same answer. tooManyAttempts.
    caf::result<Done>(DeviceLinkRequest),
    // linkInvalid, linkExpired. Signs nobody in.
    caf::result<TrustedDevice>(TrustDeviceRequest)>;

}  // namespace ks
