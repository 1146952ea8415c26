#pragma once
#include <optional>
#include <string_view>

#include "core/bytes.hpp"
#include "core/randomSourceInterface.hpp"
#include "core/secretText.hpp"

namespace ks {

/// 128 random bits in base32, as a person copies them: `ABCDEF-GHIJK-LMNOP-QRSTU-VWXYZ`.
SecretText makeRecoveryCode(RandomSourceInterface& random);

/// What is stored of a code, typed in any case, with or without spaces and hyphens: SHA-256, which is enough
/// for 128 bits. Nothing if it does not have the form of one.
[[nodiscard]] std::optional<Bytes> recoveryCodeHash(std::string_view typed);

}  // namespace ks
