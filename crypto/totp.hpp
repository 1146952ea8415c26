#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/clockInterface.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/secretText.hpp"

// Time-based one-time codes, RFC 6238, as every authenticator app supports them: SHA-1, 6 digits, 30 s.
namespace ks {

inline constexpr int kTotpDigits = 6;
inline constexpr std::chrono::seconds kTotpPeriod{30};

/// 160 random bits, in base32.
SecretText makeTotpSecret(RandomSourceInterface& random);

[[nodiscard]] std::int64_t totpStep(TimePoint time);

/// RFC 4226's code of a counter; `digits` 6 to 8.
[[nodiscard]] std::string hotpCode(ByteView secret, std::int64_t counter, int digits = kTotpDigits);

/// Which step of the present, the last and the next one `code` belongs to; the newest when there are two.
/// Nothing: none of them, or `secret` is not base32. Takes the same time for every code.
[[nodiscard]] std::optional<std::int64_t> findTotpStep(const SecretText& secret, std::string_view code,
                                                       TimePoint now);

/// The digits of a code that a person typed, with or without spaces; nothing if it is not a code.
[[nodiscard]] std::optional<std::string> readTotpCode(std::string_view typed);

/// otpauth://totp/ISSUER:ACCOUNT?secret=… for the app's QR code.
[[nodiscard]] SecretText totpAddress(const SecretText& secret, std::string_view issuer,
                                     std::string_view account);

}  // namespace ks
