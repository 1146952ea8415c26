#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/result.hpp"
#include "core/secretText.hpp"

namespace ks {

/// Cost of Argon2id with one lane. Default: OWASP and ASVS 5 appendix C.
struct Argon2Parameters {
  std::uint32_t memoryKib = 19456;
  std::uint32_t passes = 2;
};

/// A parsed PHC string `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
struct PhcArgon2 {
  std::string algorithm;  ///< argon2id or argon2i
  std::uint32_t version = 0;
  std::uint32_t memoryKib = 0;
  std::uint32_t passes = 0;
  std::uint32_t lanes = 0;
  Bytes salt;
  Bytes hash;
};

/// Strict; nothing for any other form and for excessive costs (over 1 GiB, 64
/// passes or 16 lanes).
std::optional<PhcArgon2> parsePhc(std::string_view phc);

/// Blocks for the time of one hash (about 20 ms at the default cost). The password is hashed as it is: the
/// caller has made it NFC. Fault `tooLong` past 1024 bytes, `internal` for lack of memory or parameters that
/// libsodium refuses.
Result<std::string> hashPassword(const SecretText& password, const Argon2Parameters& parameters,
                                 RandomSourceInterface& random);

/// Blocks as long as the hash's own parameters say. False for a wrong password; fault `internal` when `phc`
/// is not a hash. Also accepts the forms of crypto/importedHash.hpp.
Result<bool> verifyPassword(const std::string& phc, const SecretText& password);

/// The hash is weaker than required: less memory x passes, another algorithm, a short salt. A stronger one is
/// kept. True also for a text that is not a hash.
bool passwordHashNeedsUpgrade(const std::string& phc, const Argon2Parameters& wanted);

/// A hash of a random password with these parameters, used for unknown accounts, so that it
/// takes as long as a known one.
Result<std::string> makeDummyHash(const Argon2Parameters& parameters, RandomSourceInterface& random);

}  // namespace ks
