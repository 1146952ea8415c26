#include <string_view>
#include <utility>

#include "actors/runtime/auditNote.hpp"
#include "apps/admin/auditCommand.hpp"
#include "apps/admin/cryptoCommand.hpp"
#include "apps/admin/mailCommand.hpp"
#include "apps/admin/migrateCommand.hpp"
#include "apps/admin/monitoringActors.hpp"
#include "apps/admin/paymentAdministrationActors.hpp"
#include "apps/admin/securityActors.hpp"
#include "apps/admin/userActors.hpp"
#include "apps/admin/webhookActors.hpp"
#include "apps/wiring/accountActors.hpp"
#include "apps/wiring/keyRoutesOf.hpp"
#include "apps/wiring/runServer.hpp"
#include "http/routes/administration/auditRoutes.hpp"
#include "http/routes/administration/settingsRoutes.hpp"
#include "http/routes/administration/userRoutes.hpp"
#include "http/routes/administration/webhookRoutes.hpp"
#include "http/routes/monitoring/eventRoutes.hpp"
#include "http/routes/monitoring/importRoutes.hpp"
#include "http/routes/monitoring/liveRoutes.hpp"
#include "http/routes/monitoring/monitoringRoutes.hpp"
#include "http/routes/monitoring/verificationRoute.hpp"
#include "http/routes/payment/adminPaymentRoutes.hpp"
#include "http/routes/security/banRoutes.hpp"
#include "http/routes/security/blockRoutes.hpp"
#include "http/routes/security/securityRoutes.hpp"
#include "http/routing/actorBridge.hpp"

namespace {

ks::SettingsRoutesConfig settingsRoutesOf(ks::ServerContext& context) {
  return {.settings = [&context] { return context.settingsActor.get(); }, .board = context.settingsBoard};
}

ks::ExportNote exportNoteOf(ks::ServerContext& context) {
  return [&context](const ks::RequestContext& request, std::string action, ks::AuditFields what) {
    auto event = ks::auditOf(context.environment, request, std::move(action));
    event.after = std::move(what);
    return context.events->record(std::move(event));
  };
}

ks::AdminPaymentRoutesConfig paymentRoutesOf(ks::ServerContext& context,
                                             const ks::MonitoringActors& monitoring,
                                             const ks::PaymentAdministrationActors& payments) {
  return {.questions = {.storage = [&monitoring] { return monitoring.storage(); }, .clock = context.clock},
          .refunds = [&context] { return context.refunds.get(); },
          .administration = [&payments] { return payments.administration(); }};
}

ks::ServerKind adminKind(const ks::MonitoringActors& monitoring, const ks::SecurityActors& security,
                         const ks::WebhookActors& webhooks, const ks::UserActors& users,
                         const ks::PaymentAdministrationActors& payments) {
  return {
      .process = "admin",
      .service = "kadmin",
      .apis = {"admin"},
      .foreignPages = false,  // its page has the same origin
      .payments = false,
      .apiTitle = "k-services: administration",
      .port = [](const ks::Settings& settings) { return settings.adminPort; },
      .addActors = [&monitoring, &security, &webhooks, &users,
                    &payments](ks::ServerContext& context) -> ks::Result<ks::Done> {
        ks::addAuthActor(context);
        monitoring.addTo(context);
        users.addTo(context, monitoring.storagePool());
        security.addTo(context, monitoring.detectionFeed(), monitoring.storagePool());
        webhooks.addTo(context);
        payments.addTo(context);
        return ks::Done{};
      },
      .addRoutes =
          [&monitoring, &security, &webhooks, &users, &payments](ks::ServerContext& context,
                                                                 ks::RouteTable& routes) {
            const ks::MonitoringRoutesConfig config{.storage = [&monitoring] { return monitoring.storage(); },
                                                    .clock = context.clock};
            ks::addMonitoringRoutes(routes, config);
            ks::addAuditRoutes(routes, config, exportNoteOf(context));
            ks::addAdminPaymentRoutes(routes, paymentRoutesOf(context, monitoring, payments),
                                      exportNoteOf(context));
            ks::addEventRoutes(routes, config);
            ks::addLiveRoutes(routes, [&monitoring](const ks::RequestContext& request, auto listener) {
              return monitoring.subscribeLive(request, std::move(listener));
            });
            ks::addSecurityRoutes(routes, config, [&security] { return security.activities(); });
            const ks::UserRoutesConfig userConfig{.users = [&users] { return users.users(); },
                                                  .clock = context.clock};
            ks::addUserRoutes(routes, userConfig);
            ks::addUserSessionRoutes(routes, userConfig);
            ks::addImpersonationRoutes(routes, userConfig, [&context] { return context.auth.get(); });
            ks::addRoleRoutes(routes, userConfig);
            ks::addSuperadminRoutes(routes, userConfig);
            ks::addUserImportRoutes(routes, userConfig, exportNoteOf(context));
            ks::addBanRoutes(routes, [&security] { return security.bans(); });
            ks::addMachineKeyRoutes(routes, ks::keyRoutesOf(context));
            ks::addBlockRoutes(routes, [&security] { return security.blocks(); });
            ks::addWebhookRoutes(routes, [&webhooks] { return webhooks.webhooks(); });
            ks::addSettingsRoutes(routes, settingsRoutesOf(context));
          },
      .addControlRoutes =
          [&monitoring, &security, &users, &payments](ks::ServerContext& context, ks::RouteTable& routes) {
            ks::addUserControlRoutes(routes,
                                     {.users = [&users] { return users.users(); }, .clock = context.clock});
            ks::addBanControlRoutes(routes, [&security] { return security.bans(); });
            ks::addKeyControlRoutes(routes, ks::keyRoutesOf(context));
            ks::addSettingsControlRoutes(routes, settingsRoutesOf(context));
            ks::addImportRoutes(
                routes, [&monitoring](const std::string& source) { return monitoring.logTail(source); });
            ks::addVerificationRoute(
                routes, {.monitoring = {.storage = [&monitoring] { return monitoring.verificationStorage(); },
                                        .clock = context.clock},
                         .retentionDays = [&context] {
                           return context.settingsBoard->current()->loaded.settings.retentionDays;
                         }});
            const ks::MonitoringRoutesConfig questions{
                .storage = [&monitoring] { return monitoring.storage(); }, .clock = context.clock};
            ks::addTraceControlRoute(routes, questions);
            ks::addPaymentControlRoutes(routes, paymentRoutesOf(context, monitoring, payments));
          },
      .collectorStatus =
          [&monitoring](ks::ServerContext& context, const ks::RequestContext& request) {
            return ks::askActor(monitoring.storage(), request,
                                ks::StorageCall<ks::CollectorQuery>{request, {context.clock.now()}});
          },
  };
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view{argv[1]} == "migrate") {
    return ks::runMigrateCommand(argc, argv);
  }
  if (argc > 1 && std::string_view{argv[1]} == "audit") {
    return ks::runAuditCommand(argc, argv);
  }
  if (argc > 1 && std::string_view{argv[1]} == "crypto") {
    return ks::runCryptoCommand(argc, argv);
  }
  if (argc > 1 && std::string_view{argv[1]} == "mail") {
    return ks::runMailCommand(argc, argv);
  }
  const ks::MonitoringActors monitoring;
  const ks::SecurityActors security;
  const ks::WebhookActors webhooks;
  const ks::UserActors users;
  const ks::PaymentAdministrationActors payments;
  const auto kind = adminKind(monitoring, security, webhooks, users, payments);
  return ks::runServer(kind, argc, argv);
}
