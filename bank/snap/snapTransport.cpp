#include "bank/snap/snapTransport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

namespace ks {
namespace {

constexpr long kMostConnections = 32;
/// Below the time after which usual gateways close an idle connection.
constexpr long kOldestIdleS = 30;
constexpr std::size_t kMostHeaderBytes = std::size_t{64} * 1024;

/// One request in progress.
struct SnapTransfer {
  SnapRequest request;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  std::string body;
  std::size_t headerBytes = 0;
  bool sent = false;  ///< perhaps not all of it
  bool tooLong = false;

  SnapTransfer() = default;
  SnapTransfer(const SnapTransfer&) = delete;
  SnapTransfer& operator=(const SnapTransfer&) = delete;
  ~SnapTransfer() {
    curl_slist_free_all(headers);
    curl_easy_cleanup(easy);
  }
};

std::size_t keepSnapBody(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<SnapTransfer*>(context);
  const auto length = size * count;
  if (length > transfer.request.mostAnswer - transfer.body.size()) {
    transfer.tooLong = true;
    return 0;
  }
  transfer.body.append(data, length);
  return length;
}

std::size_t countSnapHeader(char* /*data*/, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<SnapTransfer*>(context);
  transfer.headerBytes += size * count;
  transfer.tooLong = transfer.tooLong || transfer.headerBytes > kMostHeaderBytes;
  return transfer.tooLong ? 0 : size * count;
}

/// Called each time that libcurl is about to send the request.
int allowFirstSend(void* context, char* /*remote*/, char* /*local*/, int /*remotePort*/, int /*localPort*/) {
  auto& transfer = *static_cast<SnapTransfer*>(context);
  return std::exchange(transfer.sent, true) ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

bool addSnapHeader(SnapTransfer& transfer, const char* line) {
  auto* const longer = curl_slist_append(transfer.headers, line);
  if (longer != nullptr) {
    transfer.headers = longer;
  }
  return longer != nullptr;
}

bool prepareSnapTransfer(SnapTransfer& transfer, const std::string& caFile) {
  transfer.easy = curl_easy_init();
  if (transfer.easy == nullptr) {
    return false;
  }
  const auto& request = transfer.request;
  bool fine = addSnapHeader(transfer, "Expect:");
  for (const auto& header : request.headers) {
    fine = addSnapHeader(transfer, header.c_str()) && fine;
  }
  const auto set = [&](CURLoption option, auto value) {
    fine = curl_easy_setopt(transfer.easy, option, value) == CURLE_OK && fine;
  };
  set(CURLOPT_PRIVATE, static_cast<void*>(&transfer));
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, request.url.starts_with("http://") ? "http" : "https");
  set(CURLOPT_PATH_AS_IS, 1L);  // the path is signed
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_MAXAGE_CONN, kOldestIdleS);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(SnapTransport::kConnectTimeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::min(request.limit, SnapTransport::kLongest).count()));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!caFile.empty()) {
    set(CURLOPT_CAINFO, caFile.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // the system's folder counts too otherwise
  }
  set(CURLOPT_PREREQFUNCTION, &allowFirstSend);
  set(CURLOPT_PREREQDATA, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, &keepSnapBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  set(CURLOPT_HEADERFUNCTION, &countSnapHeader);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_HTTPHEADER, transfer.headers);
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set(CURLOPT_POSTFIELDS, request.body.c_str());
  if (request.method != "POST") {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  return fine;
}

SnapReply snapReplyOf(SnapTransfer& transfer, CURLcode code) {
  SnapReply reply{transfer.request.id, 0, {}, {}};
  long status = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  if (code == CURLE_OK) {
    reply.body = std::move(transfer.body);
  } else if (transfer.tooLong) {
    reply.error = "the answer is too long";
  } else if (code == CURLE_ABORTED_BY_CALLBACK) {
    reply.error = "the connection was lost";
  } else {
    reply.error = curl_easy_strerror(code);
    if (!transfer.sent) {
      reply.error.insert(0, "not sent: ");
    }
  }
  return reply;
}

}  // namespace

class SnapTransport::Implementation {
 public:
  explicit Implementation(std::string caFile) : caFile_(std::move(caFile)), multi_(curl_multi_init()) {
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, kMostConnections);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kMostConnections);
  }
  Implementation(const Implementation&) = delete;
  Implementation& operator=(const Implementation&) = delete;
  ~Implementation() {
    for (const auto& transfer : transfers_) {
      curl_multi_remove_handle(multi_, transfer->easy);
    }
    transfers_.clear();
    curl_multi_cleanup(multi_);
  }

  void start(SnapRequest request) {
    if (request.limit.count() <= 0) {  // libcurl's 0 is "for ever"
      refuse(request, "not sent: no time is left");
      return;
    }
    if (transfers_.size() >= kMostUnderWay) {
      refuse(request, "not sent: too many requests are under way");
      return;
    }
    auto transfer = std::make_unique<SnapTransfer>();
    transfer->request = std::move(request);
    if (!prepareSnapTransfer(*transfer, caFile_) ||
        curl_multi_add_handle(multi_, transfer->easy) != CURLM_OK) {
      refuse(transfer->request, "not sent: libcurl refuses this request");
      return;
    }
    transfers_.push_back(std::move(transfer));
  }

  std::vector<SnapReply> work(std::chrono::milliseconds wait) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    takeEnded();
    if (running > 0 && ended_.empty() && wait.count() > 0) {
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(std::min(wait, kLongest).count()), nullptr);
      curl_multi_perform(multi_, &running);
      takeEnded();
    }
    return std::exchange(ended_, {});
  }

  [[nodiscard]] std::size_t underWay() const noexcept { return transfers_.size() + ended_.size(); }

 private:
  void refuse(const SnapRequest& request, const char* why) { ended_.push_back({request.id, 0, {}, why}); }

  void takeEnded() {
    int left = 0;
    while (const auto* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg == CURLMSG_DONE) {
        finish(message->easy_handle, message->data.result);
      }
    }
  }

  void finish(CURL* easy, CURLcode code) {
    const auto place = std::find_if(transfers_.begin(), transfers_.end(),
                                    [easy](const auto& transfer) { return transfer->easy == easy; });
    if (place != transfers_.end()) {
      ended_.push_back(snapReplyOf(**place, code));
      curl_multi_remove_handle(multi_, easy);
      transfers_.erase(place);
    }
  }

  std::string caFile_;
  CURLM* multi_;
  std::vector<std::unique_ptr<SnapTransfer>> transfers_;
  std::vector<SnapReply> ended_;
};

SnapTransport::SnapTransport(std::string caFile)
    : implementation_(std::make_unique<Implementation>(std::move(caFile))) {}
SnapTransport::~SnapTransport() = default;
void SnapTransport::start(SnapRequest request) { implementation_->start(std::move(request)); }
std::vector<SnapReply> SnapTransport::work(std::chrono::milliseconds wait) {
  return implementation_->work(wait);
}
std::size_t SnapTransport::underWay() const noexcept { return implementation_->underWay(); }

}  // namespace ks
