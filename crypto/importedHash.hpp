#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/secretText.hpp"

// Password hashes of accounts imported from other systems. They are verified as they are, and replaced
// by our own at the first sign-in (passwordHashNeedsUpgrade()).
namespace ks {

enum class HashForm : std::uint8_t {
  unknown,
  tooCostly,  ///< takes longer than is allowed, or more than 128 MiB (Argon2: 256 MiB)
  usable
};

/// The time to check a password against the hash, by measured costs of a core of 2022. Nothing for hashes
/// that sign-in cannot check. bcrypt ($2a$, $2b$, $2y$), scrypt ($scrypt$ln=,r=,p=$ and $7$), PBKDF2
/// ($pbkdf2-sha256$, $pbkdf2-sha512$, both with `i=` and as passlib writes them), Argon2 in PHC form.
[[nodiscard]] std::optional<std::chrono::microseconds> importedHashCost(std::string_view text);

/// The share of the answer time of a refused password that a hash may take; the rest is for the
/// database and a busy machine.
[[nodiscard]] constexpr std::chrono::milliseconds longestImportedHash(std::chrono::milliseconds answer) {
  return answer * 3 / 5;
}
inline constexpr std::chrono::milliseconds kLongestAnswer{1500};

/// Whether the hash may come into an account.
[[nodiscard]] HashForm importedHashForm(std::string_view text, std::chrono::milliseconds longest);

/// Blocks as long as the hash's parameters say, of any hash but Argon2 that was ever usable. Fault `internal`
/// for others. bcrypt looks at the first 72 bytes of a password only; a password with a NUL matches neither
/// it nor `$7$`.
Result<bool> verifyImportedHash(std::string_view text, const SecretText& password);

}  // namespace ks
