#include <string_view>

#include "apps/admin/migrateCommand.hpp"
#include "apps/admin/monitoringActors.hpp"
#include "apps/wiring/accountActors.hpp"
#include "apps/wiring/runServer.hpp"
#include "http/monitoringRoutes.hpp"

namespace {

void addActors(ks::ServerContext& context) {
  ks::addAuthActor(context);
  ks::addMonitoringActors(context);
}

void addRoutes(ks::ServerContext& context, ks::RouteTable& routes) {
  ks::addMonitoringRoutes(
      routes, {*context.system, [&context] { return context.queryStorage.pick(); }, context.clock});
}

const ks::ServerKind kAdmin{
    .process = "admin",
    .service = "kadmin",
    .apis = {"admin"},
    .apiTitle = "k-services: administration",
    .port = [](const ks::Settings& settings) { return settings.adminPort; },
    .addActors = addActors,
    .addRoutes = addRoutes,
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view{argv[1]} == "migrate") {
    return ks::runMigrateCommand(argc, argv);
  }
  return ks::runServer(kAdmin, argc, argv);
}
