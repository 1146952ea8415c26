#include <utility>

#include "core/text/identifierFold.hpp"
#include "http/routes/administration/roleSchemas.hpp"
#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/asks.hpp"
#include "http/routing/controlSpec.hpp"

// Account operations of kctl, as the operator, who outranks all roles.
namespace ks {
namespace {

struct UserNameInput {
  std::string name;
};

ObjectSchema<UserNameInput> schemaFor(Of<UserNameInput> /*of*/) {
  return ObjectSchema<UserNameInput>("UserName", "Whose account")
      .field("name", &UserNameInput::name,
             rules().length(1, 254).describe("id, e-mail address or user name"));
}

UserKey keyOfName(const std::string& name) {
  UserKey key;
  key.id = Uuid::parse(name);
  if (!key.id) {
    if (auto email = normalizeEmail(name)) {
      key.email = std::move(*email);
    } else {
      key.username = normalizeIdentifier(name);
    }
  }
  return key;
}

template <class Call>
AdminUser operatorChange(const UserRoutesConfig& config, const Call& call, UserCommand wish) {
  return foundOr(
      call.ask(config.users(), ChangeUser{call.context, call.path.id, std::move(wish), std::nullopt}).user,
      ErrorCode::userNotFound);
}

void addReadingControlRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  routes.add(
      controlSpec(HttpMethod::get, "/control/users", "controlUsers", "Search accounts"),
      ok("A page of accounts"), [config](const QueryCall<UserSearch>& call) {
        return userPage(call.ask(config.users(), SearchUsers{call.context, call.query}), call.query.limit);
      });
  auto lookup = controlSpec(HttpMethod::post, "/control/users/lookup", "controlUser", "One account");
  lookup.errors = {ErrorCode::userNotFound};
  routes.add(std::move(lookup), ok("The account"), [config](const RequestCall<UserNameInput>& call) {
    return call.ask(config.users(), FindUser{call.context, keyOfName(call.body.name)});
  });
  routes.add(controlSpec(HttpMethod::get, "/control/users/{id}/sessions", "controlUserSessions",
                         "Live sessions of an account"),
             ok("The sessions"), [config](const IdCall<>& call) {
               const SearchSessions search{{call.path.id, {}, 500, {}}, call.context};
               return shown(call.ask(config.users(), search), search.limit);
             });
}

}  // namespace

void addUserControlRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  addReadingControlRoutes(routes, config);
  const std::vector<ErrorCode> errors{ErrorCode::userNotFound, ErrorCode::lastAdmin, ErrorCode::conflict};
  auto suspend = controlSpec(HttpMethod::post, "/control/users/{id}/suspend", "controlSuspendUser",
                             "Suspend an account");
  suspend.errors = errors;
  routes.add(std::move(suspend), ok("The account"), [config](const IdCall<SuspendInput>& call) {
    return operatorChange(config, call, commandOf(UserOperation::suspend, call.body));
  });
  auto superadmin = controlSpec(HttpMethod::post, "/control/users/{id}/superadmin", "controlGrantSuperadmin",
                                "Make an account a superadmin, or restore a suspended one");
  superadmin.errors = errors;
  routes.add(std::move(superadmin), ok("The account"), [config](const IdCall<>& call) {
    return foundOr(call.ask(config.users(), GrantSuperadmin{{call.context, call.path.id}, "kctl"}).user,
                   ErrorCode::userNotFound);
  });
  const auto addPlain = [&](HttpMethod method, const std::string& path, std::string operationId,
                            std::string summary, UserOperation operation) {
    auto spec =
        controlSpec(method, "/control/users/{id}/" + path, std::move(operationId), std::move(summary));
    spec.errors = errors;
    routes.add(std::move(spec), ok("The account"), [config, operation](const IdCall<>& call) {
      return operatorChange(config, call, {.operation = operation});
    });
  };
  addPlain(HttpMethod::post, "unsuspend", "controlUnsuspendUser", "Lift a suspension",
           UserOperation::unsuspend);
  addPlain(HttpMethod::post, "unlock", "controlUnlockUser", "Clear the failed sign-ins",
           UserOperation::unlock);
  addPlain(HttpMethod::post, "reset-mfa", "controlResetUserFactors", "Remove the second factors",
           UserOperation::resetFactors);
  addPlain(HttpMethod::del, "sessions", "controlEndUserSessions", "End all sessions of an account",
           UserOperation::endSessions);
}

}  // namespace ks
