#include "actors/webhook/webhookCaller.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "actors/webhook/socketAddress.hpp"

namespace ks {
namespace {

constexpr long kConnectTimeoutMs = 5000;

/// One call in progress.
struct Transfer {
  WebhookCall call;
  WebhookRules rules;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  std::size_t read = 0;
  std::string refused;  ///< the address that may not be called

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
  }
};

/// The answer is not used; beyond the limit the transfer ends.
std::size_t countAnswer(char* /*data*/, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.read += size * count;
  return transfer.read > WebhookCaller::kMostAnswer ? 0 : size * count;
}

/// The final check of a connection's address: a name may resolve differently by now.
curl_socket_t openAllowedSocket(void* context, curlsocktype /*purpose*/, curl_sockaddr* wanted) {
  auto& transfer = *static_cast<Transfer*>(context);
  const auto address = addressOf(&wanted->addr);
  if (!address || !mayCall(*address, transfer.rules)) {
    transfer.refused = address ? address->toString() : "another kind of address";
    return CURL_SOCKET_BAD;
  }
  return ::socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
}

bool prepare(Transfer& transfer) {
  transfer.easy = curl_easy_init();
  if (transfer.easy == nullptr) {
    return false;
  }
  for (const auto& header : transfer.call.headers) {
    transfer.headers = curl_slist_append(transfer.headers, header.c_str());
  }
  bool fine = true;
  const auto set = [&](CURLoption option, auto value) {
    fine = curl_easy_setopt(transfer.easy, option, value) == CURLE_OK && fine;
  };
  set(CURLOPT_PRIVATE, static_cast<void*>(&transfer));
  set(CURLOPT_URL, transfer.call.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, transfer.rules.plainHttp ? "http,https" : "https");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // The receiver may close a kept connection, and libcurl would then send the event twice by itself.
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::chrono::milliseconds{WebhookCaller::kCallTimeout}.count()));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_OPENSOCKETFUNCTION, &openAllowedSocket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, &countAnswer);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(CURLOPT_HEADERFUNCTION, &countAnswer);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_HTTPHEADER, transfer.headers);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.call.body.size()));
  set(CURLOPT_POSTFIELDS, transfer.call.body.c_str());
  return fine;
}

WebhookAnswer answerOf(Transfer& transfer, CURLcode code) {
  WebhookAnswer answer{transfer.call.id, std::nullopt, {}};
  long status = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  if (!transfer.refused.empty()) {
    answer.error = std::string{describe(ErrorCode::targetNotAllowed).name} + ": " + transfer.refused;
  } else if (code == CURLE_WRITE_ERROR) {
    answer.error = "the answer is longer than " + std::to_string(WebhookCaller::kMostAnswer) + " bytes";
  } else if (code != CURLE_OK) {
    answer.error = curl_easy_strerror(code);
  }
  if (status > 0 && (code == CURLE_OK || code == CURLE_WRITE_ERROR)) {
    answer.status = static_cast<std::uint32_t>(status);
  }
  return answer;
}

}  // namespace

class WebhookCaller::Implementation {
 public:
  explicit Implementation(const WebhookRules& rules) : rules_(rules), multi_(curl_multi_init()) {}
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;
  ~Implementation() {
    for (const auto& transfer : transfers_) {
      curl_multi_remove_handle(multi_, transfer->easy);
    }
    transfers_.clear();
    curl_multi_cleanup(multi_);
  }

  void begin(WebhookCall call) {
    auto transfer = std::make_unique<Transfer>();
    transfer->call = std::move(call);
    transfer->rules = rules_;
    if (!prepare(*transfer) || curl_multi_add_handle(multi_, transfer->easy) != CURLM_OK) {
      ended_.push_back({transfer->call.id, std::nullopt, "libcurl refuses this URL"});
      return;
    }
    transfers_.push_back(std::move(transfer));
  }

  std::vector<WebhookAnswer> work(std::chrono::milliseconds wait) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    if (running > 0 && ended_.empty()) {
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(wait.count()), nullptr);
      curl_multi_perform(multi_, &running);
    }
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg == CURLMSG_DONE) {
        finish(message->easy_handle, message->data.result);
      }
    }
    return std::exchange(ended_, {});
  }

  [[nodiscard]] std::size_t underWay() const noexcept { return transfers_.size() + ended_.size(); }

 private:
  void finish(CURL* easy, CURLcode code) {
    const auto place = std::find_if(transfers_.begin(), transfers_.end(),
                                    [easy](const auto& transfer) { return transfer->easy == easy; });
    if (place != transfers_.end()) {
      ended_.push_back(answerOf(**place, code));
      curl_multi_remove_handle(multi_, easy);
      transfers_.erase(place);
    }
  }

  WebhookRules rules_;
  CURLM* multi_;
  std::vector<std::unique_ptr<Transfer>> transfers_;
  std::vector<WebhookAnswer> ended_;
};

WebhookCaller::WebhookCaller(const WebhookRules& rules)
    : implementation_(std::make_unique<Implementation>(rules)) {}
WebhookCaller::~WebhookCaller() = default;
void WebhookCaller::begin(WebhookCall call) { implementation_->begin(std::move(call)); }
std::vector<WebhookAnswer> WebhookCaller::work(std::chrono::milliseconds wait) {
  return implementation_->work(wait);
}
std::size_t WebhookCaller::underWay() const noexcept { return implementation_->underWay(); }

}  // namespace ks
