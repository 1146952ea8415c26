#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/account/recoveryMessages.hpp"

namespace ks {

/// What the recovery routes need of the process.
struct RecoveryRoutesConfig {
  std::function<RecoveryActor()> recovery;  ///< the current handle
  std::function<bool()> signupOpen;
};

/// Forgotten passwords and changes of one's own account: /api/auth/password/*, /api/auth/me/*.
void addRecoveryRoutes(RouteTable& routes, const RecoveryRoutesConfig& config);

}  // namespace ks
