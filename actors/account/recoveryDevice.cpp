#include <utility>

#include "actors/account/recoveryActor.hpp"
#include "core/logging/logging.hpp"

namespace ks {
namespace {

constexpr std::string_view kDevicePurpose = "unlock";
constexpr const char* kLinkAction = "auth.device.link";
constexpr const char* kTrustAction = "auth.device.trust";

}  // namespace

caf::result<Done> RecoveryState::requestDeviceLink(DeviceLinkRequest& request) {
  auto promise = self->make_response_promise<Done>();
  auto shared = std::make_shared<DeviceLinkRequest>(std::move(request));
  withinLimits(
      shared->context,
      {limitOfAddress(*deps_.crypto, deps_.policy->mailsAskedByAddress, "mail", shared->context.client)},
      promise, [this, shared, promise] {
        storeThen(shared->context, FindCredential{shared->identifier}, promise,
                  [this, shared, promise](FoundCredential& found) mutable {
                    storeDeviceLink(*shared, found.account, promise);
                  });
      });
  return promise;
}

void RecoveryState::storeDeviceLink(const DeviceLinkRequest& request,
                                    const std::optional<CredentialRecord>& found,
                                    const DonePromise& promise) {
  const auto token = makeSecretToken(deps_.environment.random);
  auto mail = composeMail("deviceLink", "en", found ? found->user.email : request.identifier, token.reveal());
  if (!mail.ok()) {
    return fail(promise, std::move(mail.fault()));
  }
  RequestDeviceLink link;
  if (found) {
    link.userId = found->user.id;
  }
  link.tokenId = deps_.environment.uuids.next();
  link.tokenHash = deps_.crypto->tokens.storedHash(kDevicePurpose, token);
  link.now = now();
  link.expires = link.now + deps_.policy->deviceLinkLife;
  link.notAfter = link.now - deps_.policy->deviceLinkPause;
  link.mail = std::move(mail.value());
  link.audit = auditOf(deps_.environment, request.context, kLinkAction);
  link.audit.targetType = "identifier";
  link.audit.targetId = toHex(identifierKey(*deps_.crypto, request.identifier));
  const auto context = request.context;
  storeThen(context, std::move(link), promise, [this, context, promise](Done&) mutable {
    wakeMail();
    deliverInStep(context, promise, Done{});
  });
}

caf::result<TrustedDevice> RecoveryState::trustDevice(TrustDeviceRequest& request) {
  auto promise = self->make_response_promise<TrustedDevice>();
  const auto context = request.context;
  if (!looksLikeSecretToken(request.token.reveal())) {
    refuseLink(context, kTrustAction, LinkState::invalid, promise);
    return promise;
  }
  UseDeviceLink use;
  use.possibleHashes = deps_.crypto->tokens.possibleHashes(kDevicePurpose, request.token);
  use.callId = deps_.environment.uuids.next();
  use.now = now();
  use.audit = auditOfUser(deps_.environment, context, kTrustAction, Uuid{});
  storeThen(
      context, std::move(use), promise,
      [this, context, transport = request.transport, promise](TokenOwner& owner) mutable {
        if (!owner.user) {
          refuseLink(context, kTrustAction, owner.state, promise);
          return;
        }
        const auto& user = *owner.user;
        logAudit("auth.device.trusted", "A device became known by a link", {{"user_id", user.id.toString()}});
        promise.deliver(TrustedDevice{deviceTokenOf(deps_, context.client, user), transport});
      });
  return promise;
}

}  // namespace ks
