#pragma once
#include "core/sketch/passwordFilter.hpp"

namespace ks {

/// The common passwords that this program was built with (docs/operations.md says which). Throws
/// std::logic_error when they are damaged.
const PasswordFilter& commonPasswords();

}  // namespace ks
