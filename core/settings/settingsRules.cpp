#include "core/settings/settingsRules.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/settings/settingsValue.hpp"
#include "core/text/base64url.hpp"
#include "core/text/url.hpp"

namespace ks {
namespace {

// sun_path has 108 bytes with the terminating zero; the longest of our socket names is 17.
constexpr std::size_t kMaxSocketDirBytes = 107 - 18;

constexpr std::array<std::string_view, 12> kKnownPasswords{"password", "postgres",  "redis",   "secret",
                                                           "changeme", "change-me", "admin",   "root",
                                                           "123456",   "test",      "example", "k"};

bool isLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool areDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class SettingsRules {
 public:
  explicit SettingsRules(LoadedSettings& loaded) : loaded_(loaded), settings_(loaded.settings) {}

  void check() {
    checkPorts();
    checkTls();
    checkSocketDir();
    checkRedis();
    checkDatabase();
    checkMasterKeys();
    checkLoginAnswer();
    checkTestOnly();
    checkPublicUrl();
    checkMail();
    checkBank();
  }

 private:
  [[nodiscard]] const EffectiveSetting* usable(std::string_view variable) const {
    const auto named = [variable](const SettingFault& fault) { return fault.variable == variable; };
    if (std::any_of(loaded_.faults.begin(), loaded_.faults.end(), named)) {
      return nullptr;
    }
    const auto place =
        std::find_if(loaded_.effective.begin(), loaded_.effective.end(),
                     [variable](const EffectiveSetting& setting) { return setting.variable == variable; });
    return place == loaded_.effective.end() ? nullptr : &*place;
  }

  void fault(std::string_view variable, std::string cause) {
    if (const auto* const setting = usable(variable)) {
      loaded_.faults.push_back({setting->variable, setting->value, {}, std::move(cause)});
    }
  }

  /// A fault in production, a warning in development.
  void unsafe(std::string_view variable, std::string cause) {
    if (const auto* const setting = usable(variable)) {
      auto& list = settings_.isProduction() ? loaded_.faults : loaded_.warnings;
      list.push_back({setting->variable, setting->value, {}, std::move(cause)});
    }
  }

  void checkPorts() {
    struct PortName {
      std::string_view variable;
      int port;
    };
    const std::array ports{PortName{"K_GATEWAY_PORT", settings_.gatewayPort},
                           PortName{"K_PUBLIC_PORT", settings_.publicPort},
                           PortName{"K_ADMIN_PORT", settings_.adminPort}};
    for (std::size_t i = 0; i < ports.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (ports[i].port == ports[k].port && usable(ports[k].variable) != nullptr) {
          fault(ports[i].variable,
                "is the same port as " + std::string(ports[k].variable) + "; each needs its own");
        }
      }
    }
  }

  void checkTls() {
    if (settings_.tlsCertificate.empty() != settings_.tlsKey.empty()) {
      fault(settings_.tlsKey.empty() ? "K_TLS_KEY" : "K_TLS_CERTIFICATE",
            "K_TLS_CERTIFICATE and K_TLS_KEY must be set together");
    }
  }

  void checkSocketDir() {
    if (settings_.socketDir.size() > kMaxSocketDirBytes) {
      fault("K_SOCKET_DIR",
            "is too long for a Unix socket's path: at most " + std::to_string(kMaxSocketDirBytes) + " bytes");
    }
  }

  void checkRedis() {
    const auto parts = parseUrl(settings_.redisUrl.reveal());
    if (!parts) {
      return;
    }
    if (parts->scheme == "redis" && !isLoopbackHost(parts->host)) {
      unsafe("K_REDIS_URL", "reaches another machine without TLS; use rediss://");
    }
    checkPassword("K_REDIS_URL", settings_.redisUrl);
  }

  void checkDatabase() {
    checkPassword("K_DATABASE_URL", settings_.databaseUrl);
    checkPassword("K_DATABASE_OWNER_URL", settings_.databaseOwnerUrl);
  }

  void checkPassword(std::string_view variable, const SecretText& url) {
    const auto password = passwordIn(url.reveal());
    if (password &&
        std::find(kKnownPasswords.begin(), kKnownPasswords.end(), *password) != kKnownPasswords.end()) {
      unsafe(variable, "has a well-known password; choose a random one");
    }
  }

  void checkMasterKeys() {
    const auto keys = splitMasterKeys(settings_.cryptoMasterKeys.reveal());
    if (!keys) {
      return;
    }
    for (const auto& key : *keys) {
      auto bytes = base64Decode(key.base64);
      std::sort(bytes->begin(), bytes->end());
      const auto different = std::unique(bytes->begin(), bytes->end()) - bytes->begin();
      // 32 random bytes have fewer than 16 different values once in 10^13 keys; a typed or copied example
      // key almost always.
      if (different < 16) {
        unsafe("K_CRYPTO_MASTER_KEYS",
               "key " + key.id + " is not random; make one with: head -c 32 /dev/urandom | base64");
      }
    }
  }

  /// Answers are timed from the deadline of the request, which has that many milliseconds.
  void checkLoginAnswer() {
    constexpr int kDeadlineMs = 15'000;
    const auto step = settings_.loginAnswer.count();
    if (step > 0 && kDeadlineMs % step != 0) {
      fault("K_LOGIN_ANSWER_MS", "must divide 15000: 100, 150, 200, 250, 300, 500, 750, 1000 or 1500");
    }
  }

  void checkTestOnly() {
    if (!settings_.rateLimits) {
      unsafe("K_RATE_LIMITS", "off is for benchmarks in development");
    }
    if (settings_.webhookLoopback) {
      unsafe("K_WEBHOOK_LOOPBACK", "on is for tests in development");
    }
  }

  void checkPublicUrl() {
    const auto parts = parseUrl(settings_.publicUrl);
    if (parts && settings_.isProduction() && parts->scheme == "http" && usable("K_PUBLIC_URL") != nullptr) {
      loaded_.warnings.push_back(
          {"K_PUBLIC_URL", settings_.publicUrl, {}, "is not https: browsers store no session cookie there"});
    }
  }

  void checkMail() {
    if (!settings_.mailBySmtp) {
      if (settings_.isProduction() && usable("K_MAIL_TRANSPORT") != nullptr) {
        loaded_.warnings.push_back(
            {"K_MAIL_TRANSPORT", "folder", {}, "mail is written to a folder and not sent; set smtp"});
      }
      return;
    }
    if (settings_.mailSmtpUrl.empty()) {
      fault("K_MAIL_SMTP_URL", "is required with K_MAIL_TRANSPORT=smtp");
    }
    if (settings_.mailFrom.empty()) {
      fault("K_MAIL_FROM", "is required with K_MAIL_TRANSPORT=smtp");
    }
    if (settings_.mailSmtpUser.empty() != settings_.mailSmtpPassword.empty()) {
      fault(settings_.mailSmtpUser.empty() ? "K_MAIL_SMTP_USER" : "K_MAIL_SMTP_PASSWORD",
            "K_MAIL_SMTP_USER and K_MAIL_SMTP_PASSWORD must be set together");
    }
  }

  void checkBank() {
    if (settings_.briUrl.empty()) {
      return;
    }
    if (settings_.isProduction() && settings_.briUrl.starts_with("http://")) {
      fault("K_BRI_URL", "is not https");
    }
    const std::array<std::pair<std::string_view, bool>, 5> needed{
        {{"K_BRI_CLIENT_ID", settings_.briClientId.empty()},
         {"K_BRI_CLIENT_SECRET", settings_.briClientSecret.empty()},
         {"K_BRI_PRIVATE_KEY_FILE", settings_.briPrivateKeyFile.empty()},
         {"K_BRI_PARTNER_ID", settings_.briPartnerId.empty()},
         {"K_BRI_PARTNER_SERVICE_ID", settings_.briPartnerServiceId.empty()}}};
    for (const auto& [variable, missing] : needed) {
      if (missing) {
        fault(variable, "is required with K_BRI_URL");
      }
    }
    checkBankNames();
    checkBankPaths();
    if (settings_.briMerchantId.empty() != settings_.briTerminalId.empty()) {
      fault(settings_.briMerchantId.empty() ? "K_BRI_MERCHANT_ID" : "K_BRI_TERMINAL_ID",
            "K_BRI_MERCHANT_ID and K_BRI_TERMINAL_ID must be set together");
    }
    checkBankNotices();
  }

  void checkBankNames() {
    const auto& service = settings_.briPartnerServiceId;
    if (!service.empty() && (service.size() > 8 || !areDigits(service))) {
      fault("K_BRI_PARTNER_SERVICE_ID", "has 1 to 8 digits");
    }
    if (settings_.briChannelId.size() != 5 || !areDigits(settings_.briChannelId)) {
      fault("K_BRI_CHANNEL_ID", "has 5 digits");
    }
    const auto& partner = settings_.briPartnerId;
    if (partner.size() > 36 || !std::all_of(partner.begin(), partner.end(), isLetterOrDigit)) {
      fault("K_BRI_PARTNER_ID", "has 1 to 36 letters and digits");
    }
  }

  /// They are sent and signed as they are written here.
  void checkBankPaths() {
    const std::array<std::pair<std::string_view, const std::string*>, 6> paths{
        {{"K_BRI_TOKEN_PATH", &settings_.briTokenPath},
         {"K_BRI_VA_PATH", &settings_.briVaPath},
         {"K_BRI_QR_GENERATE_PATH", &settings_.briQrGeneratePath},
         {"K_BRI_QR_QUERY_PATH", &settings_.briQrQueryPath},
         {"K_BRI_QR_REFUND_PATH", &settings_.briQrRefundPath},
         {"K_BRI_NOTICE_PATH", &settings_.briNoticePath}}};
    for (const auto& [variable, path] : paths) {
      const bool plain = std::all_of(path->begin(), path->end(), [](char c) {
        return isLetterOrDigit(c) || c == '/' || c == '.' || c == '_' || c == '-';
      });
      if (!plain || path->ends_with('/') || path->find("//") != std::string::npos ||
          path->find("/.") != std::string::npos) {
        fault(variable, "is a path of an URL: parts of letters, digits, '.', '_' and '-', no '/' at its end");
      }
    }
  }

  void checkBankNotices() {
    const std::array<std::pair<std::string_view, bool>, 3> together{
        {{"K_BRI_NOTICE_CLIENT_ID", settings_.briNoticeClientId.empty()},
         {"K_BRI_NOTICE_CLIENT_SECRET", settings_.briNoticeClientSecret.empty()},
         {"K_BRI_NOTICE_KEY_FILE", settings_.briNoticeKeyFile.empty()}}};
    const bool any =
        std::any_of(together.begin(), together.end(), [](const auto& one) { return !one.second; });
    for (const auto& [variable, missing] : together) {
      if (any && missing) {
        fault(
            variable,
            "K_BRI_NOTICE_CLIENT_ID, K_BRI_NOTICE_CLIENT_SECRET and K_BRI_NOTICE_KEY_FILE must be set together");
      }
    }
  }

  LoadedSettings& loaded_;
  const Settings& settings_;
};

}  // namespace

void checkSettingsTogether(LoadedSettings& loaded) { SettingsRules(loaded).check(); }

}  // namespace ks
