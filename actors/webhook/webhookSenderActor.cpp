#include "actors/webhook/webhookSenderActor.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "actors/runtime/guarded.hpp"
#include "actors/runtime/sealContexts.hpp"
#include "actors/webhook/webhookSignature.hpp"
#include "core/failPoint.hpp"

namespace ks {
namespace {

constexpr Milliseconds kSenderIdle{250};
constexpr Milliseconds kSenderStep{100};
constexpr std::size_t kMostCalls = 32;
constexpr std::size_t kCallsOfOneWebhook = 2;
/// Longer than a call can take.
constexpr std::chrono::seconds kLease{30};
constexpr std::chrono::milliseconds kFirstRetry{2000};
constexpr std::chrono::hours kLongestRetry{4};
constexpr std::size_t kLongestError = 300;

bool isSuccess(const WebhookAnswer& answer) { return answer.status && *answer.status / 100 == 2; }

std::string errorOf(const WebhookAnswer& answer) {
  if (!answer.error.empty() || !answer.status) {
    return answer.error;
  }
  const auto status = std::to_string(*answer.status);
  return *answer.status / 100 == 3 ? "answered " + status + "; redirects are not followed"
                                   : "answered " + status;
}

/// 0.8 to 1.2.
double chanceFactor(RandomSourceInterface& random) {
  std::array<std::byte, 4> bytes{};
  random.fill(bytes);
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return 0.8 + 0.4 * (static_cast<double>(number) / 4294967295.0);
}

}  // namespace

std::chrono::milliseconds webhookRetryDelay(std::uint32_t attempts) noexcept {
  std::chrono::milliseconds delay = kFirstRetry;
  for (std::uint32_t i = 1; i < attempts && delay < kLongestRetry; ++i) {
    delay *= 3;
  }
  return std::min<std::chrono::milliseconds>(delay, kLongestRetry);
}

WebhookSenderState::WebhookSenderState(WebhookSenderActor::pointer selfPointer,
                                       std::shared_ptr<ActorProbe> probe,
                                       WebhookSenderDependencies dependencies)
    : self(selfPointer),
      probe_(std::move(probe)),
      deps_(std::move(dependencies)),
      repository_(deps_.makeRepository()),
      caller_(deps_.rules) {}

WebhookSenderActor::behavior_type WebhookSenderState::make_behavior() {
  compat::tell(self, WebhookSenderActor{self}, TickAtom_v);
  return {guarded(self, probe_, [this](TickAtom) { work(); })};
}

void WebhookSenderState::work() {
  for (const auto& answer : caller_.work(kSenderStep)) {
    judge(answer);
  }
  if (settle()) {
    claim();
  }
  const bool busy = !underWay_.empty();
  compat::tellAfter(self, caf::timespan{busy ? Milliseconds{1} : kSenderIdle}, WebhookSenderActor{self},
                    TickAtom_v);
}

void WebhookSenderState::claim() {
  std::map<Uuid, std::size_t> calls;
  for (const auto& [id, delivery] : underWay_) {
    ++calls[delivery.webhookId];
  }
  std::vector<Uuid> busy;
  for (const auto& [webhook, count] : calls) {
    if (count >= kCallsOfOneWebhook) {
      busy.push_back(webhook);
    }
  }
  if (underWay_.size() >= kMostCalls) {
    return;
  }
  const auto now = deps_.environment.clock.now();
  auto claimed = repository_->claim(static_cast<std::int32_t>(kMostCalls - underWay_.size()),
                                    static_cast<std::int32_t>(kCallsOfOneWebhook), busy, now, now + kLease);
  if (!claimed.ok()) {
    probe_->note(claimed.fault());
    return;
  }
  for (auto& delivery : claimed.value()) {
    begin(delivery);
  }
}

Result<std::vector<SecretText>> WebhookSenderState::secretsOf(const ClaimedDelivery& delivery) const {
  std::vector<SecretText> secrets;
  for (const auto* sealed : {&delivery.secretSealed, &delivery.oldSecretSealed}) {
    if (sealed->empty()) {
      continue;
    }
    auto secret = deps_.crypto->cipher.open(*sealed, webhookSecretContext(delivery.webhookId));
    if (!secret.ok()) {
      return std::move(secret.fault());
    }
    secrets.push_back(std::move(secret.value()));
  }
  return secrets;
}

void WebhookSenderState::begin(ClaimedDelivery& delivery) {
  auto secrets = secretsOf(delivery);
  if (!secrets.ok()) {
    probe_->note(secrets.fault());
    DeliveryOutcome outcome{delivery.id, false, {}, {}, "its secret cannot be opened", {}};
    fail(outcome, delivery);
    return;
  }
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(deps_.environment.clock.now().time_since_epoch())
          .count();
  const auto id = delivery.id;
  const auto idText = id.toString();
  WebhookCall call;
  call.id = delivery.id;
  call.url = delivery.url;
  call.body = delivery.payload;
  call.headers = {
      "Content-Type: application/json",
      "User-Agent: k-services-webhook",
      "Expect:",
      "K-Delivery-Id: " + idText,
      "K-Event-Type: " + delivery.eventType,
      "K-Attempt: " + std::to_string(delivery.attempts),
      "K-Signature: " + webhookSignature(secrets.value(), seconds, delivery.payload),
      "webhook-id: " + idText,
      "webhook-timestamp: " + std::to_string(seconds),
      "webhook-signature: " + standardWebhookSignature(secrets.value(), idText, seconds, delivery.payload)};
  caller_.begin(std::move(call));
  underWay_.emplace(id, std::move(delivery));
}

void WebhookSenderState::judge(const WebhookAnswer& answer) {
  failPoint("webhook.sent");
  const auto found = underWay_.find(answer.id);
  if (found == underWay_.end()) {
    return;
  }
  const auto delivery = std::move(found->second);
  underWay_.erase(found);
  DeliveryOutcome outcome{answer.id, isSuccess(answer), {}, answer.status, {}, {}};
  if (outcome.delivered) {
    outcome.now = deps_.environment.clock.now();
    ended_.push_back(std::move(outcome));
    return;
  }
  outcome.error = errorOf(answer).substr(0, kLongestError);
  fail(outcome, delivery);
}

void WebhookSenderState::fail(DeliveryOutcome& outcome, const ClaimedDelivery& delivery) {
  outcome.now = deps_.environment.clock.now();
  const std::chrono::duration<double, std::milli> delay =
      webhookRetryDelay(delivery.attempts) * chanceFactor(deps_.environment.random);
  const auto next = outcome.now + std::chrono::duration_cast<Milliseconds>(delay);
  if (next < delivery.giveUpAt) {
    outcome.nextAt = next;
  } else {
    logWarning("webhook.givenUp", "A delivery was given up",
               {{"webhook", delivery.webhookId.toString()},
                {"delivery", delivery.id.toString()},
                {"attempts", delivery.attempts},
                {"cause", outcome.error}});
  }
  ended_.push_back(std::move(outcome));
}

bool WebhookSenderState::settle() {
  while (!ended_.empty()) {
    if (auto settled = repository_->settle(ended_.back()); !settled.ok()) {
      probe_->note(settled.fault());
      return false;
    }
    ended_.pop_back();
  }
  return true;
}

}  // namespace ks
