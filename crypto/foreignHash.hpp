#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/secretText.hpp"

// Password hashes that accounts bring along from other systems. They are verified as they are, and replaced
// by our own at the first sign-in (passwordHashNeedsUpgrade()).
namespace ks {

enum class HashForm : std::uint8_t {
  unknown,
  tooCostly,  ///< verifying it would take a second or more, or over 128 MiB
  usable
};

/// bcrypt ($2a$, $2b$, $2y$; cost 4 to 14), scrypt ($scrypt$ln=,r=,p=$ and $7$; 128 MiB), PBKDF2
/// ($pbkdf2-sha256$, $pbkdf2-sha512$, both with `i=` and as passlib writes them; a million rounds).
[[nodiscard]] HashForm foreignHashForm(std::string_view text);

/// These, and Argon2 in PHC form of at most 256 MiB and 1 GiB x passes.
[[nodiscard]] HashForm importedHashForm(std::string_view text);

/// Blocks as long as the hash's parameters say. Fault `internal` when the form is not usable. bcrypt looks at
/// the first 72 bytes of a password only; a password with a NUL matches neither it nor `$7$`.
Result<bool> verifyForeignHash(std::string_view text, const SecretText& password);

}  // namespace ks
