#pragma once
#include "core/randomSourceInterface.hpp"
#include "core/secretText.hpp"

namespace ks {

/// A new secret of a webhook as https://www.standardwebhooks.com writes it: `whsec_` and 32 random bytes in base64,
/// 50 characters.
[[nodiscard]] SecretText makeWebhookSecret(RandomSourceInterface& random);

/// The HMAC key of `webhook-signature`: the 32 bytes that the secret's base64 stands for. A secret of 43 characters,
/// made before secrets had a prefix, is itself the key.
[[nodiscard]] SecretText webhookKey(const SecretText& secret);

}  // namespace ks
