#include "bank/bri/briGateway.hpp"

#include <algorithm>
#include <utility>

#include "core/payment/jakartaTime.hpp"

namespace ks {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kTokenReserve{60};
constexpr std::size_t kMostExternalIdDigits = 36;

BankAnswer notSent(const std::string& why) {
  BankAnswer answer;
  answer.message = "not sent: " + why;
  return answer;
}

bool isExternalId(const std::string& text) {
  return !text.empty() && text.size() <= kMostExternalIdDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::chrono::milliseconds leftUntil(Steady::time_point deadline) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now());
}

}  // namespace

BriGateway::BriGateway(BriConfig config, const ClockInterface& clock)
    : config_(std::move(config)), clock_(clock), transport_(config_.caFile) {}

std::size_t BriGateway::underWay() const {
  return sent_.size() + waiting_.size() + (tokenRequest_ == 0 ? 0U : 1U);
}

void BriGateway::start(const BankOrder& order, const std::string& externalId, std::chrono::milliseconds limit,
                       std::function<void(BankAnswer)> reply) {
  auto made = briCallOf(config_.terms, order);
  if (!made) {
    auto answer = notSent(made.fault().message);
    if (order.operation == BankOperation::create) {
      answer.outcome = BankOutcome::refused;
    }
    reply(std::move(answer));
    return;
  }
  if (!isExternalId(externalId)) {
    reply(notSent("the external id is not a number"));
    return;
  }
  const auto now = Steady::now();
  const bool hasToken = !token_.text.empty() && now < token_.until;
  if (underWay() >= kMostCalls) {
    reply(notSent("too many calls are under way"));
    return;
  }
  if (!breaker_.admit(now)) {
    reply(notSent("the bank does not answer"));
    return;
  }
  Call call{order, std::move(made.value()), externalId, now + std::min(limit, config_.timeout),
            std::move(reply)};
  if (hasToken) {
    send(std::move(call));
    return;
  }
  waiting_.push_back(std::move(call));
  if (tokenRequest_ == 0) {
    askToken();
  }
}

void BriGateway::work(std::chrono::milliseconds wait) {
  for (const auto& call : waiting_) {
    wait = std::min(wait, std::max(leftUntil(call.deadline), std::chrono::milliseconds{0}));
  }
  for (const auto& reply : transport_.work(wait)) {
    noteOutcome(reply);
    if (reply.id == tokenRequest_) {
      takeToken(reply);
    } else {
      finish(reply);
    }
  }
  endLateWaiters();
}

void BriGateway::noteOutcome(const SnapReply& reply) {
  if (reply.status == 0 || reply.status >= 500 || !reply.error.empty()) {
    breaker_.failed(Steady::now());
  } else {
    breaker_.answered();
  }
}

void BriGateway::endLateWaiters() {
  const auto now = Steady::now();
  std::vector<Call> late;
  for (auto place = waiting_.begin(); place != waiting_.end();) {
    if (place->deadline <= now) {
      late.push_back(std::move(*place));
      place = waiting_.erase(place);
    } else {
      ++place;
    }
  }
  for (const auto& call : late) {
    call.reply(notSent("no access token came in time"));
  }
}

void BriGateway::askToken() {
  const auto timestamp = formatSnapTime(clock_.now());
  const auto signature = signSnapToken(config_.clientId, timestamp, config_.privateKey);
  if (!signature) {
    failWaiting("the private key cannot sign");
    return;
  }
  tokenRequest_ = ++lastId_;
  transport_.start({.id = tokenRequest_,
                    .method = "POST",
                    .url = config_.origin + config_.terms.tokenPath,
                    .headers = {"Content-Type: application/json", "X-CLIENT-KEY: " + config_.clientId,
                                "X-TIMESTAMP: " + timestamp, "X-SIGNATURE: " + signature.value()},
                    .body = R"({"grantType":"client_credentials"})",
                    .limit = config_.timeout});
}

void BriGateway::failWaiting(const std::string& why) {
  const auto waiting = std::exchange(waiting_, {});
  for (const auto& call : waiting) {
    call.reply(notSent("no access token: " + why));
  }
}

void BriGateway::takeToken(const SnapReply& reply) {
  tokenRequest_ = 0;
  if (!reply.error.empty()) {
    failWaiting(reply.error);
    return;
  }
  auto token = readBriToken(reply.status, reply.body);
  if (!token) {
    failWaiting(token.fault().message);
    return;
  }
  const auto life = token.value().life;
  token_.text = std::move(token.value().text);
  token_.until = Steady::now() + std::max(life - kTokenReserve, life / 2);
  ++token_.number;
  auto waiting = std::exchange(waiting_, {});
  for (auto& call : waiting) {
    send(std::move(call));
  }
}

Result<SnapRequest> BriGateway::requestOf(const Call& call, std::chrono::milliseconds limit) const {
  const auto timestamp = formatSnapTime(clock_.now());
  const auto signature = signSnapCall({.method = call.call.method,
                                       .path = call.call.path,
                                       .accessToken = token_.text.reveal(),
                                       .body = call.call.body,
                                       .timestamp = timestamp},
                                      config_.clientSecret, config_.encoding);
  if (!signature) {
    return signature.fault();
  }
  return SnapRequest{
      .method = call.call.method,
      .url = config_.origin + call.call.path,
      .headers = {"Content-Type: application/json",
                  "Authorization: Bearer " + std::string(token_.text.reveal()), "X-TIMESTAMP: " + timestamp,
                  "X-SIGNATURE: " + signature.value(), "X-PARTNER-ID: " + config_.partnerId,
                  "CHANNEL-ID: " + config_.channelId, "X-EXTERNAL-ID: " + call.externalId},
      .body = call.call.body,
      .limit = limit,
      .mostAnswer = call.call.mostAnswer};
}

void BriGateway::send(Call call) {
  const auto limit = leftUntil(call.deadline);
  if (limit.count() <= 0) {
    call.reply(notSent("no time is left"));
    return;
  }
  auto request = requestOf(call, limit);
  if (!request) {
    call.reply(notSent("the call could not be signed"));
    return;
  }
  request.value().id = ++lastId_;
  call.tokenNumber = token_.number;
  sent_.emplace(request.value().id, std::move(call));
  transport_.start(std::move(request.value()));
}

void BriGateway::finish(const SnapReply& reply) {
  auto node = sent_.extract(reply.id);
  if (node.empty()) {
    return;
  }
  const Call& call = node.mapped();
  BankAnswer answer;
  if (reply.error.empty()) {
    answer = readBriAnswer(config_.terms, call.order, reply.status, reply.body, clock_.now());
  } else {
    answer.httpStatus = reply.status;
    answer.message = reply.error;
  }
  if (reply.status == 401 && call.tokenNumber == token_.number) {
    token_.text = SecretText();
  }
  call.reply(std::move(answer));
}

}  // namespace ks
