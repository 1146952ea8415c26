#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace ks {

/// Which user names may be new; their form is core/text/identifierFold's.
struct UsernamePolicy {
  bool beyondAscii = false;
  std::vector<std::string> reserved;  ///< users cannot choose them; administrators may assign them
};

/// Why `name` (empty: none) may not be chosen, or assigned by an administrator.
[[nodiscard]] std::optional<Fault> refusalOfChosenName(const UsernamePolicy& policy, const std::string& name);
[[nodiscard]] std::optional<Fault> refusalOfGivenName(const UsernamePolicy& policy, const std::string& name);

}  // namespace ks
