#include "actors/account/usernamePolicy.hpp"

#include <algorithm>
#include <utility>

#include "core/text/utf8.hpp"

namespace ks {
namespace {

Fault usernameFault(std::string message) {
  return fieldFault(ErrorCode::validationFailed, "username", std::move(message));
}

}  // namespace

std::optional<Fault> refusalOfGivenName(const UsernamePolicy& policy, const std::string& name) {
  if (!policy.beyondAscii && !isAscii(name)) {
    return usernameFault("A user name may only have the letters a to z");
  }
  return std::nullopt;
}

std::optional<Fault> refusalOfChosenName(const UsernamePolicy& policy, const std::string& name) {
  if (std::find(policy.reserved.begin(), policy.reserved.end(), name) != policy.reserved.end()) {
    return usernameFault("This user name is reserved; choose another");
  }
  return refusalOfGivenName(policy, name);
}

}  // namespace ks
