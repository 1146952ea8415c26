#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/secretText.hpp"
#include "http/schema/jsonTextCodec.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/account/recoveryMessages.hpp"

// The bodies of the recovery routes.
namespace ks {

ObjectSchema<ResetPasswordRequest> schemaFor(Of<ResetPasswordRequest> of);

ObjectSchema<DeviceLinkRequest> schemaFor(Of<DeviceLinkRequest> of);

ObjectSchema<TrustDeviceRequest> schemaFor(Of<TrustDeviceRequest> of);

struct TrustDeviceOutput {
  std::string status;
  std::optional<SecretText> deviceToken;
};
ObjectSchema<TrustDeviceOutput> schemaFor(Of<TrustDeviceOutput> of);

ObjectSchema<OwnPasswordRequest> schemaFor(Of<OwnPasswordRequest> of);

ObjectSchema<ChangeEmailRequest> schemaFor(Of<ChangeEmailRequest> of);

ObjectSchema<UpdateProfileRequest> schemaFor(Of<UpdateProfileRequest> of);

struct ConfigOutput {
  bool signupOpen = true;
  bool emailVerification = true;
  std::string passwordPolicy;
  std::vector<std::string> mfaMethods;
  std::vector<std::string> locales;
};
ObjectSchema<ConfigOutput> schemaFor(Of<ConfigOutput> of);

}  // namespace ks
