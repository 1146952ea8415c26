#pragma once
#include <cstdint>
#include <functional>

#include "http/routing/routeTable.hpp"

namespace ks {

struct PasswordPolicyOutput {
  std::uint64_t minLength = 0;
  std::uint64_t minLengthWithSecondFactor = 0;
  std::uint64_t maxLength = 0;
  std::uint64_t commonPasswords = 0;
};

/// GET /api/auth/password/policy: what pages tell those who choose a password. `policy` gives what is in force.
void addPasswordPolicyRoute(RouteTable& routes, std::function<PasswordPolicyOutput()> policy);

}  // namespace ks
