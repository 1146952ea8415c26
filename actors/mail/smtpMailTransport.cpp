#include "actors/mail/smtpMailTransport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string_view>
#include <utility>

#include "actors/mail/mailMessage.hpp"
#include "core/text/identifierFold.hpp"

namespace ks {
namespace {

/// The message being sent, and the state of the conversation.
struct SmtpExchange {
  std::string message;
  std::size_t sent = 0;
  bool over = false;        ///< the mail is finished; the client is quitting
  std::string lastCommand;  ///< its verb; QUIT is none
  std::string lastReply;  ///< code and enhanced status code, as in "550 5.1.1"; the rest may name an address
};

/// RFC 3463: class, subject and detail.
bool isStatusCode(std::string_view word) {
  return std::count(word.begin(), word.end(), '.') == 2 && std::all_of(word.begin(), word.end(), [](char c) {
           return c == '.' || std::isdigit(static_cast<unsigned char>(c)) != 0;
         });
}

std::size_t readMessage(char* buffer, std::size_t size, std::size_t count, void* data) {
  auto& exchange = *static_cast<SmtpExchange*>(data);
  const auto length = std::min(size * count, exchange.message.size() - exchange.sent);
  exchange.message.copy(buffer, length, exchange.sent);
  exchange.sent += length;
  return length;
}

int watchConversation(CURL*, curl_infotype type, char* text, std::size_t size, void* data) {
  auto& exchange = *static_cast<SmtpExchange*>(data);
  const std::string_view line{text, size};
  exchange.over = exchange.over || (type == CURLINFO_HEADER_OUT && line.starts_with("QUIT"));
  if (exchange.over) {
    return 0;
  }
  if (type == CURLINFO_HEADER_OUT) {
    exchange.lastCommand = line.substr(0, line.find_first_of(" \r\n"));
  } else if (type == CURLINFO_HEADER_IN) {
    exchange.lastReply = line.substr(0, 3);
    const auto rest = line.substr(std::min<std::size_t>(4, line.size()));
    if (const auto word = rest.substr(0, rest.find_first_of(" \r\n")); isStatusCode(word)) {
      exchange.lastReply.append(" ").append(word);
    }
  }
  return 0;
}

bool isRefusal(const SmtpExchange& exchange) {
  return exchange.lastReply.starts_with('5') &&
         (exchange.lastCommand == "RCPT" || exchange.lastCommand == "DATA");
}

}  // namespace

struct SmtpMailTransport::Handle {
  CURL* curl = curl_easy_init();
  curl_slist* recipients = nullptr;
  ~Handle() {
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
  }
};

SmtpMailTransport::SmtpMailTransport(SmtpConfig config, const ClockInterface& clock)
    : config_(std::move(config)), clock_(clock), handle_(std::make_unique<Handle>()) {}

SmtpMailTransport::~SmtpMailTransport() = default;

Result<MailDelivery> SmtpMailTransport::deliver(const Mail& mail) {
  if (normalizeEmail(mail.to) != mail.to) {
    return MailDelivery{true, "the recipient is not an address"};
  }
  CURL* const curl = handle_->curl;
  if (curl == nullptr) {
    return makeFault(ErrorCode::dependencyUnavailable, "libcurl cannot be used");
  }
  SmtpExchange exchange{mailMessage(mail, config_.from, clock_.now()), 0, false, {}, {}};
  curl_easy_reset(curl);  // keeps the connection
  curl_slist_free_all(handle_->recipients);
  handle_->recipients = curl_slist_append(nullptr, mail.to.c_str());
  const auto set = [curl](CURLoption option, auto value) { curl_easy_setopt(curl, option, value); };
  set(CURLOPT_URL, config_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(config_.connectTimeout.count()));
  set(CURLOPT_TIMEOUT, static_cast<long>(config_.timeout.count()));
  set(CURLOPT_USE_SSL,
      config_.encrypted ? static_cast<long>(CURLUSESSL_ALL) : static_cast<long>(CURLUSESSL_NONE));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!config_.caFile.empty()) {
    set(CURLOPT_CAINFO, config_.caFile.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // libcurl's own is the system's folder
  }
  const std::string password{config_.password.reveal()};
  if (!config_.user.empty()) {
    set(CURLOPT_USERNAME, config_.user.c_str());
    set(CURLOPT_PASSWORD, password.c_str());
  }
  set(CURLOPT_MAIL_FROM, config_.from.c_str());
  set(CURLOPT_MAIL_RCPT, handle_->recipients);
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &readMessage);
  set(CURLOPT_READDATA, &exchange);
  set(CURLOPT_VERBOSE, 1L);
  set(CURLOPT_DEBUGFUNCTION, &watchConversation);
  set(CURLOPT_DEBUGDATA, &exchange);
  const auto code = curl_easy_perform(curl);
  if (code == CURLE_OK) {
    return MailDelivery{};
  }
  std::string cause = curl_easy_strerror(code);
  if (!exchange.lastReply.empty()) {
    cause += "; the mail server said " + exchange.lastReply + " to " + exchange.lastCommand;
  }
  if (isRefusal(exchange)) {
    return MailDelivery{true, std::move(cause)};
  }
  return makeFault(code == CURLE_OPERATION_TIMEDOUT ? ErrorCode::timeout : ErrorCode::dependencyUnavailable,
                   std::move(cause));
}

}  // namespace ks
