#include "apps/wiring/keyRoutesOf.hpp"

namespace ks {

KeyRoutesConfig keyRoutesOf(ServerContext& context) {
  return {[&context] { return context.apiKeys.get(); }, [&context] { return context.signingKeyActor.get(); },
          context.clock};
}

IntrospectionConfig introspectionOf(ServerContext& context) {
  return {[&context](std::string_view token, const RequestContext& request) {
            return context.authenticate(token, request);
          },
          [&context](std::string_view token) -> std::optional<TimePoint> {
            const auto claims = context.signingKeys->verify(token, context.clock.now());
            return claims ? std::optional<TimePoint>(claims.value().expiresAt) : std::nullopt;
          },
          [&context](AuditEvent event) {
            if (context.refusals) {
              context.refusals->note(std::move(event));
            }
          }};
}

}  // namespace ks
