#include "apps/wiring/keyRoutesOf.hpp"

namespace ks {

KeyRoutesConfig keyRoutesOf(ServerContext& context) {
  return {.keys = [&context] { return context.apiKeys.get(); },
          .signingKeys = [&context] { return context.signingKeyActor.get(); },
          .clock = context.clock};
}

IntrospectionConfig introspectionOf(ServerContext& context) {
  return {.authenticate = [&context](
                              std::string_view token,
                              const RequestContext& request) { return context.authenticate(token, request); },
          .expiry = [&context](std::string_view token) -> std::optional<TimePoint> {
            const auto claims = context.signingKeys->verify(token, context.clock.now());
            return claims ? std::optional<TimePoint>(claims.value().expiresAt) : std::nullopt;
          },
          .refused =
              [&context](AuditEvent event) {
                if (context.refusals) {
                  context.refusals->note(std::move(event));
                }
              }};
}

}  // namespace ks
