#pragma once
#include <functional>

#include "core/clockInterface.hpp"
#include "http/routes/administration/exportNote.hpp"
#include "http/routing/routeTable.hpp"
#include "messages/actorInterfaces.hpp"
#include "messages/administration/userAdministrationMessages.hpp"

namespace ks {

struct UserRoutesConfig {
  std::function<UserAdministrationActor()> users;
  const ClockInterface& clock;
};

/// Accounts for administrators: /api/admin/users.
void addUserRoutes(RouteTable& routes, const UserRoutesConfig& config);

/// Sessions of all accounts, or of one: /api/admin/sessions, /api/admin/users/{id}/sessions; what an account
/// did: /api/admin/users/{id}/activity.
void addUserSessionRoutes(RouteTable& routes, const UserRoutesConfig& config);

/// /api/admin/roles, /api/admin/permissions, /api/admin/stats/overview.
void addRoleRoutes(RouteTable& routes, const UserRoutesConfig& config);

/// /api/admin/users/import, /api/admin/jobs/{id}, /api/admin/users/export.
void addUserImportRoutes(RouteTable& routes, const UserRoutesConfig& config, const ExportNote& note);

/// /api/admin/users/{id}/impersonate, /api/admin/impersonation/stop.
void addImpersonationRoutes(RouteTable& routes, const UserRoutesConfig& config,
                            std::function<AuthActor()> auth);

/// /api/admin/users/{id}/superadmin, /api/admin/superadmin-grants.
void addSuperadminRoutes(RouteTable& routes, const UserRoutesConfig& config);

/// For kctl: /control/users.
void addUserControlRoutes(RouteTable& routes, const UserRoutesConfig& config);

}  // namespace ks
