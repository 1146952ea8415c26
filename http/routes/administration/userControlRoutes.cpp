#include <utility>

#include "core/text/identifierFold.hpp"
#include "http/routes/administration/roleSchemas.hpp"
#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/controlSpec.hpp"

// What kctl asks of accounts, as the operator, who stands above all ranks.
namespace ks {
namespace {

struct UserNameInput {
  std::string name;
};

const ObjectSchema<UserNameInput>& userNameSchema() {
  static const auto schema = ObjectSchema<UserNameInput>("UserName")
                                 .field("name", &UserNameInput::name,
                                        rules().length(1, 254).describe("id, e-mail address or user name"));
  return schema;
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

HttpResponse operatorChange(const UserRoutesConfig& config, const RequestContext& context, const Uuid& id,
                            UserCommand wish) {
  auto changed = askActor<ChangedUser>(config.system, config.users(), context,
                                       ChangeUser{context, id, std::move(wish), std::nullopt});
  if (!changed) {
    return HttpResponse(changed.fault());
  }
  return changed.value().user ? HttpResponse::json(200, adminUserSchema(), *changed.value().user)
                              : HttpResponse(ErrorCode::userNotFound);
}

void addReadingControlRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  routes.add(controlSpec(HttpMethod::get, "/control/users", "controlUsers", "Search accounts"),
             queryInput(userSearchSchema()), userListSchema().outputs("A page of accounts"),
             [config](const RequestCall<NoInput, UserSearch>& call) -> HttpResponse {
               auto page = askActor<UserPage>(config.system, config.users(), call.context,
                                              SearchUsers{call.context, call.query});
               return page ? userListSchema().answer(call.request, std::move(page.value().rows),
                                                     call.query.limit, std::move(page.value().nextCursor),
                                                     page.value().total)
                           : HttpResponse(page.fault());
             });
  auto lookup = controlSpec(HttpMethod::post, "/control/users/lookup", "controlUser", "One account");
  lookup.errors = {ErrorCode::userNotFound};
  routes.add(std::move(lookup), bodyInput(userNameSchema()), {output(200, "The account", adminUserSchema())},
             [config](const RequestCall<UserNameInput>& call) -> HttpResponse {
               auto user = askActor<AdminUser>(config.system, config.users(), call.context,
                                               FindUser{call.context, keyOfName(call.body.name)});
               return user ? HttpResponse::json(200, adminUserSchema(), user.value())
                           : HttpResponse(user.fault());
             });
  routes.add(controlSpec(HttpMethod::get, "/control/users/{id}/sessions", "controlUserSessions",
                         "Live sessions of an account"),
             pathInput(userPathSchema()), adminSessionListSchema().outputs("The sessions"),
             [config](const RequestCall<NoInput, NoInput, UserPath>& call) -> HttpResponse {
               constexpr std::uint32_t kMost = 500;
               auto page = askActor<AdminSessionPage>(
                   config.system, config.users(), call.context,
                   SearchSessions{call.context, SessionSearch{call.path.id, {}, kMost, {}}});
               return page ? adminSessionListSchema().answer(call.request, std::move(page.value().rows),
                                                             kMost, std::move(page.value().nextCursor))
                           : HttpResponse(page.fault());
             });
}

}  // namespace

void addUserControlRoutes(RouteTable& routes, const UserRoutesConfig& config) {
  addReadingControlRoutes(routes, config);
  const std::vector<ErrorCode> errors{ErrorCode::userNotFound, ErrorCode::lastAdmin, ErrorCode::conflict};
  auto suspend = controlSpec(HttpMethod::post, "/control/users/{id}/suspend", "controlSuspendUser",
                             "Suspend an account");
  suspend.errors = errors;
  routes.add(std::move(suspend), bodyInput(suspendSchema()).withPath(userPathSchema()),
             {output(200, "The account", adminUserSchema())},
             [config](const RequestCall<SuspendInput, NoInput, UserPath>& call) -> HttpResponse {
               UserCommand wish;
               wish.operation = UserOperation::suspend;
               wish.reason = call.body.reason;
               wish.until = call.body.until;
               return operatorChange(config, call.context, call.path.id, std::move(wish));
             });
  auto superadmin = controlSpec(HttpMethod::post, "/control/users/{id}/superadmin", "controlGrantSuperadmin",
                                "Make an account a superadmin, or restore a suspended one");
  superadmin.errors = errors;
  routes.add(std::move(superadmin), pathInput(userPathSchema()),
             {output(200, "The account", adminUserSchema())},
             [config](const RequestCall<NoInput, NoInput, UserPath>& call) -> HttpResponse {
               auto made = askActor<GrantedSuperadmin>(config.system, config.users(), call.context,
                                                       GrantSuperadmin{call.context, call.path.id, "kctl"});
               if (!made) {
                 return HttpResponse(made.fault());
               }
               return made.value().user ? HttpResponse::json(200, adminUserSchema(), *made.value().user)
                                        : HttpResponse(ErrorCode::userNotFound);
             });
  const auto addPlain = [&](HttpMethod method, const std::string& path, std::string operationId,
                            std::string summary, UserOperation operation) {
    auto spec =
        controlSpec(method, "/control/users/{id}/" + path, std::move(operationId), std::move(summary));
    spec.errors = errors;
    routes.add(std::move(spec), pathInput(userPathSchema()), {output(200, "The account", adminUserSchema())},
               [config, operation](const RequestCall<NoInput, NoInput, UserPath>& call) -> HttpResponse {
                 UserCommand wish;
                 wish.operation = operation;
                 return operatorChange(config, call.context, call.path.id, std::move(wish));
               });
  };
  addPlain(HttpMethod::post, "unsuspend", "controlUnsuspendUser", "Lift a suspension",
           UserOperation::unsuspend);
  addPlain(HttpMethod::post, "unlock", "controlUnlockUser", "Forget the failed sign-ins",
           UserOperation::unlock);
  addPlain(HttpMethod::post, "reset-mfa", "controlResetUserFactors", "Take away the second factors",
           UserOperation::resetFactors);
  addPlain(HttpMethod::del, "sessions", "controlEndUserSessions", "End all sessions of an account",
           UserOperation::endSessions);
}

}  // namespace ks
