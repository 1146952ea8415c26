#pragma once
#include <string>
#include <string_view>

namespace ks {

/// `text` with the secret part of our keys replaced by ***: keys of machines and users
/// (ks_adm_ID_SECRET) keep their id, tokens (JWTs) only their first letters.
[[nodiscard]] std::string maskKeys(std::string_view text);

}  // namespace ks
