#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "messages/account/personalDataMessages.hpp"

namespace ks {

/// A user's own data: GET /api/auth/me/activity, POST /api/auth/me/export, GET /api/auth/me/export/{id},
/// DELETE /api/auth/me.
void addPersonalDataRoutes(RouteTable& routes, const std::function<PersonalDataActor()>& personalData);

}  // namespace ks
