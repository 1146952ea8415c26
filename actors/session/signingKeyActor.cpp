#include "actors/session/signingKeyActor.hpp"

#include <algorithm>
#include <utility>

#include "actors/platform/storageJob.hpp"
#include "actors/runtime/auditNote.hpp"
#include "core/logging/logging.hpp"
#include "core/text/timeText.hpp"

namespace ks {
namespace {

const SigningKeyRecord* keyWithStatus(const std::vector<SigningKeyRecord>& keys, std::string_view status) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.status == status; });
  return found == keys.end() ? nullptr : &*found;
}

}  // namespace

SigningKeyState::SigningKeyState(SigningKeyActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                                 SigningKeyDependencies dependencies)
    : self(selfPointer), probe_(std::move(probe)), deps_(std::move(dependencies)) {}

SigningKeyActor::behavior_type SigningKeyState::make_behavior() {
  compat::tell(self, SigningKeyActor{self}, TickAtom_v);
  return {
      guarded(self, probe_, [this](ListSigningKeysRequest& request) { return list(request); }),
      guarded(self, probe_, [this](RotateSigningKeysRequest& request) { return rotate(request); }),
      guarded(self, probe_, [this](WakeAtom) { look(); }),
      guarded(self, probe_,
              [this](TickAtom) {
                compat::tellAfter(self, deps_.policy.lookEvery, SigningKeyActor{self}, TickAtom_v);
                look();
              }),
  };
}

Result<RotateSigningKeys> SigningKeyState::step(TimePoint currentBefore) const {
  RotateSigningKeys rotation;
  rotation.now = deps_.environment.clock.now();
  auto fresh = SigningKeys::make(deps_.environment.random, deps_.crypto->cipher, rotation.now);
  if (!fresh) {
    return std::move(fresh.fault());
  }
  rotation.fresh = std::move(fresh.value());
  rotation.fresh.status = "next";
  rotation.fresh.notBefore = rotation.now + deps_.policy.publishAhead;
  rotation.currentBefore = currentBefore;
  rotation.retireAt = rotation.now + deps_.policy.verifyAfter;
  rotation.audit = auditOf(deps_.environment, {}, "signingKey.rotate");
  rotation.audit.actorType = "system";
  rotation.audit.targetType = "signing_key";
  return rotation;
}

void SigningKeyState::look() {
  const auto failed = [this](const Fault& fault) { probe_->noteError(fault.detail); };
  const auto now = deps_.environment.clock.now();
  storeOwn(
      self, deps_.storageTimeout, deps_.storage, ListSigningKeys{now},
      [this, now, failed](Keys& keys) {
        if (auto loaded = deps_.signingKeys->load(keys, deps_.crypto->cipher); !loaded) {
          failed(loaded.fault());
          return;
        }
        const auto* current = keyWithStatus(keys, "current");
        const auto* next = keyWithStatus(keys, "next");
        const auto due = now - deps_.policy.rotateEvery;
        const bool rotates = current->notBefore <= due && next != nullptr && next->notBefore <= now;
        if (next != nullptr && !rotates) {
          return;
        }
        auto rotation = step(due);
        if (!rotation) {
          failed(rotation.fault());
          return;
        }
        // Changes come back as a notification, here as in the other processes.
        storeOwn(
            self, deps_.storageTimeout, deps_.storage, std::move(rotation.value()),
            [](bool& rotated) {
              if (rotated) {
                logAudit("signingKey.rotated", "A new key signs the access tokens from now on");
              }
            },
            failed);
      },
      failed);
}

caf::result<SigningKeyState::Keys> SigningKeyState::list(ListSigningKeysRequest& request) {
  auto promise = self->make_response_promise<Keys>();
  reload(request.context, promise);
  return promise;
}

void SigningKeyState::reload(const RequestContext& context, KeysPromise promise) {
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage,
            ListSigningKeys{deps_.environment.clock.now()}, promise, [this, promise](Keys& keys) mutable {
              if (auto loaded = deps_.signingKeys->load(keys, deps_.crypto->cipher); !loaded) {
                return fail(promise, std::move(loaded.fault()));
              }
              promise.deliver(std::move(keys));
            });
}

caf::result<SigningKeyState::Keys> SigningKeyState::rotate(RotateSigningKeysRequest& request) {
  auto promise = self->make_response_promise<Keys>();
  const auto context = request.context;
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage,
            ListSigningKeys{deps_.environment.clock.now()}, promise,
            [this, context, promise](Keys& keys) mutable { rotateKnown(context, keys, promise); });
  return promise;
}

void SigningKeyState::rotateKnown(const RequestContext& context, const Keys& keys,
                                  const KeysPromise& promise) {
  const auto now = deps_.environment.clock.now();
  const auto* next = keyWithStatus(keys, "next");
  if (next == nullptr || next->notBefore > now) {
    return fail(
        promise,
        messageFault(ErrorCode::conflict,
                     next == nullptr ? "The next key is being created"
                                     : "The next key is not yet published long enough; it can sign from " +
                                           formatTime(next->notBefore) + " on"));
  }
  const auto* current = keyWithStatus(keys, "current");
  auto rotation = step(current != nullptr ? current->notBefore : now);
  if (!rotation) {
    return fail(promise, std::move(rotation.fault()));
  }
  rotation.value().audit = auditOf(deps_.environment, context, "signingKey.rotate");
  if (!context.principal) {
    rotation.value().audit.actorType = "operator";
  }
  rotation.value().audit.targetType = "signing_key";
  storeThen(self, probe_, context, deps_.storageTimeout, deps_.storage, std::move(rotation.value()), promise,
            [this, context, promise](bool& rotated) mutable {
              if (!rotated) {
                return fail(promise,
                            messageFault(ErrorCode::conflict, "The keys were changed in the meantime"));
              }
              logAudit("signingKey.rotated", "A new key signs the access tokens from now on");
              reload(context, promise);
            });
}

}  // namespace ks
