#include "apps/admin/webhookActors.hpp"

#include <memory>
#include <utility>

#include "actors/runtime/spawnHelpers.hpp"
#include "actors/webhook/webhookActor.hpp"
#include "actors/webhook/webhookSenderActor.hpp"
#include "persistence/postgres/administration/postgresWebhookRepository.hpp"

namespace ks {
namespace {

constexpr std::chrono::seconds kWebhookStatementTimeout{5};

WebhookRules webhookRulesOf(const Settings& settings) {
  return {!settings.isProduction(), settings.webhookLoopback};
}

WebhookRepositoryFactory webhookRepository(const ServerContext& context, const char* purpose) {
  auto database = context.databaseConfig(purpose);
  database.timeout = kWebhookStatementTimeout;
  return [database] { return std::make_unique<PostgresWebhookRepository>(database); };
}

}  // namespace

void WebhookActors::addTo(ServerContext& context) const {
  caf::init_global_meta_objects<caf::id_block::kWebhooks>();  // the actor system has not started yet
  context.addBlocking<WebhookState>(
      "webhookActor", webhooks_,
      WebhookDependencies{context.environment, context.crypto, webhookRulesOf(context.settings),
                          webhookRepository(context, "webhooks")});
  context.addBlocking<WebhookSenderState>(
      "webhookSenderActor", sender_,
      WebhookSenderDependencies{context.environment, context.crypto, webhookRulesOf(context.settings),
                                webhookRepository(context, "webhook sender")});
}

}  // namespace ks
