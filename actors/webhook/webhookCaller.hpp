#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/webhook/webhookTarget.hpp"
#include "core/uuid.hpp"

namespace ks {

struct WebhookCall {
  Uuid id;
  std::string url;
  std::vector<std::string> headers;  ///< `Name: value`
  std::string body;
};

/// `status` is there when an HTTP answer came; `error` says why not, or what was wrong with it.
struct WebhookAnswer {
  Uuid id;
  std::optional<std::uint32_t> status;
  std::string error;
};

/// Posts to other machines, several at a time, on the caller's thread. Follows no redirect, uses no proxy,
/// checks certificates, and connects to no address that WebhookRules does not allow, whatever a name means
/// meanwhile. Each call ends within kCallTimeout; of an answer no more than kMostAnswer is read.
class WebhookCaller {
 public:
  static constexpr std::chrono::seconds kCallTimeout{10};
  static constexpr std::size_t kMostAnswer = 64 * 1024;

  explicit WebhookCaller(const WebhookRules& rules);
  ~WebhookCaller();
  WebhookCaller(const WebhookCaller&) = delete;
  WebhookCaller& operator=(const WebhookCaller&) = delete;

  void begin(WebhookCall call);
  /// Works on the calls in progress for at most `wait`; returns those that ended.
  std::vector<WebhookAnswer> work(std::chrono::milliseconds wait);
  [[nodiscard]] std::size_t underWay() const noexcept;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace ks
