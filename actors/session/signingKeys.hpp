#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "crypto/accessToken.hpp"
#include "crypto/fieldCipher.hpp"
#include "messages/account/accountRecords.hpp"

namespace ks {

inline constexpr const char* kTokenIssuer = "k-services";
inline constexpr const char* kTokenAudience = "k-services";

/// The installation's token keys as this process knows them. Thread-safe; replaced as a whole by load().
class SigningKeys {
 public:
  /// Takes the records of the storage, the current key first. Fails when none of them can sign.
  Result<Done> load(const std::vector<SigningKeyRecord>& records, const FieldCipher& cipher);
  [[nodiscard]] Result<SecretText> sign(const AccessClaims& claims) const;
  /// tokenInvalid, tokenExpired.
  [[nodiscard]] Result<AccessClaims> verify(std::string_view token, TimePoint now) const;
  /// The JWKS document (RFC 7517).
  [[nodiscard]] std::string jwks() const;

  /// A new key as a record for the storage.
  static Result<SigningKeyRecord> make(RandomSourceInterface& random, const FieldCipher& cipher,
                                       TimePoint now);

 private:
  struct Loaded;
  [[nodiscard]] std::shared_ptr<const Loaded> loaded() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Loaded> loaded_;
};

}  // namespace ks
