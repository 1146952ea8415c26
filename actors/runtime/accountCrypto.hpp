#pragma once
#include "crypto/csrfToken.hpp"
#include "crypto/deviceBinding.hpp"
#include "crypto/deviceToken.hpp"
#include "crypto/fieldCipher.hpp"
#include "crypto/keyring.hpp"
#include "crypto/secretToken.hpp"

namespace ks {

/// The cryptographic tools of the account actors, all under the installation's master keys. Immutable,
/// shared, thread-safe.
struct AccountCrypto {
  AccountCrypto(const KeyringPtr& keyring, RandomSourceInterface& random)
      : cipher(keyring, random), tokens(keyring), csrf(keyring), devices(keyring), deviceTokens(keyring) {}

  FieldCipher cipher;
  TokenHasher tokens;
  CsrfTokens csrf;
  DeviceBinder devices;
  DeviceTokens deviceTokens;
};

}  // namespace ks
