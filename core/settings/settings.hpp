#pragma once
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/logging/logging.hpp"
#include "core/secretText.hpp"
#include "core/settings/envFile.hpp"
#include "core/settings/eventRate.hpp"
#include "core/settings/lockLadder.hpp"

namespace ks {

/// Exit status of a program with invalid settings (EX_CONFIG of sysexits.h).
inline constexpr int kExitConfig = 78;

enum class Environment : std::uint8_t { development, production };

/// Every setting, checked. The variables, defaults, ranges and descriptions are in settingsTable.cpp.
struct Settings {
  Environment environment = Environment::development;
  bool mailBySmtp = false;  ///< else into `mailDir`
  bool briBase64 = false;   ///< the bank's signatures; else hexadecimal
  bool paymentLateReview =
      false;  ///< money on a payment that had ended is for a person to decide; else it pays
  int portOffset = 0;
  int publicPort = 0;
  int adminPort = 0;
  int gatewayPort = 0;
  std::string gatewayBind;
  int gatewayConnections = 0;
  int gatewayClientConnections = 0;
  std::string runDir;
  std::string socketDir;
  std::string logDir;
  std::string mailDir;
  std::string mailSmtpUrl;  ///< smtp:// or smtps://, without user and password
  std::string mailSmtpUser;
  SecretText mailSmtpPassword;
  std::string mailSmtpCaFile;  ///< empty: the system's authorities
  std::string mailFrom;
  std::string publicUrl;  ///< an origin, without a slash at its end
  SecretText databaseUrl;
  SecretText databaseOwnerUrl;  ///< for migrations; empty: `databaseUrl`
  int databasePoolSize = 0;
  std::chrono::seconds databaseTimeout{};
  std::chrono::seconds databaseRecycle{};
  SecretText redisUrl;
  int redisMaxConnections = 0;
  LogLevel logLevel = LogLevel::info;
  bool logConsole = false;
  std::chrono::milliseconds slowOperation{};
  bool rateLimits = true;
  bool rateLimitShared = false;
  int rateLimitLogin = 0;  ///< this and the following: requests a minute
  int rateLimitRegister = 0;
  int rateLimitPayment = 0;
  int rateLimitAdmin = 0;
  int rateLimitSession = 0;
  LockLadder loginLocks;
  std::chrono::milliseconds loginAnswer{};
  EventRate registrationsOfAddress;
  EventRate mailsToAccount;
  EventRate mailsAskedByAddress;
  std::vector<std::string> corsOrigins;     ///< exact origins, lower case
  std::vector<std::string> trustedProxies;  ///< CIDR
  std::string tlsCertificate;
  std::string tlsKey;
  SecretText cryptoMasterKeys;
  std::string cryptoMasterKeysFile;  ///< the file that they were read from; empty: given directly
  int signingKeyDays = 0;
  bool signUpOpen = true;
  bool usernamesBeyondAscii = false;
  std::vector<std::string> reservedUsernames;  ///< in their normal form
  int passwordMinLength = 0;
  int passwordMinLengthWithSecondFactor = 0;
  std::chrono::hours sessionIdle{};
  std::chrono::hours sessionAbsolute{};
  std::chrono::hours shortSessionIdle{};  ///< of a session that is not remembered
  std::chrono::hours shortSessionAbsolute{};
  std::chrono::hours verifyLinkLife{};
  bool webhookLoopback = false;
  bool banAutomatically = false;
  int retentionDays = 0;
  int auditRetentionDays = 0;
  int sessionRetentionDays = 0;
  int registrationDays = 0;
  int deletionGraceDays = 0;
  std::chrono::seconds healthInterval{};
  EventRate detectDosAttempt;  ///< this and the following: how many within what time are suspicious
  EventRate detectRapidViolations;
  EventRate detectHoneypot;
  EventRate detectAuthSpray;
  EventRate detectAuthDistributed;
  EventRate detectPathProbing;
  std::chrono::seconds detectQuiet{};
  std::chrono::seconds banLength{};  ///< of an automatic ban
  std::string briUrl;                ///< an origin; empty: payments are off
  std::string briClientId;
  SecretText briClientSecret;
  std::string briPrivateKeyFile;
  std::string briCaFile;  ///< empty: the system's authorities
  std::string briPartnerId;
  std::string briChannelId;
  std::string briPartnerServiceId;  ///< digits
  std::string briMerchantId;        ///< empty, as the next: no QR codes
  std::string briTerminalId;
  std::string briTokenPath;
  std::string briVaPath;
  std::string briQrGeneratePath;
  std::string briQrQueryPath;
  std::string briQrRefundPath;  ///< empty: the bank is not asked for refunds
  std::chrono::milliseconds briTimeout{};
  std::string briNoticeClientId;  ///< empty, as the next two: no notifications are taken
  SecretText briNoticeClientSecret;
  std::string briNoticeKeyFile;
  std::string briNoticePath;
  std::vector<std::string> briNoticeFrom;  ///< networks; empty: any (nginx)
  std::chrono::seconds paymentLife{};
  std::chrono::seconds paymentGrace{};
  std::chrono::milliseconds paymentWait{};
  std::chrono::seconds paymentReconcile{};  ///< 0: not by the clock

  [[nodiscard]] bool isProduction() const noexcept { return environment == Environment::production; }
};

/// Source of a value.
enum class SettingOrigin : std::uint8_t { defaultValue, file, environment, database };
/// `default`, `file`, `environment`, `database`.
std::string_view settingOriginName(SettingOrigin origin) noexcept;

/// One fault or warning about one variable.
struct SettingFault {
  std::string variable;  ///< or the file, if no single variable is at fault
  std::string value;     ///< as given, secrets masked; empty: not set
  std::string origin;    ///< `environment`, `.env line 3`…; empty where it does not matter
  std::string cause;     ///< what is wrong and what is allowed
};

/// A variable's value as it is in force.
struct EffectiveSetting {
  std::string variable;
  std::string value;  ///< secrets masked
  SettingOrigin origin = SettingOrigin::defaultValue;
};

struct LoadedSettings {
  Settings settings;                 ///< to be used only when `ok()`
  std::vector<SettingFault> faults;  ///< all of them
  std::vector<SettingFault> warnings;
  std::vector<EffectiveSetting> effective;  ///< every variable, in the table's order

  [[nodiscard]] bool ok() const noexcept { return faults.empty(); }
};

using EnvironmentMap = std::map<std::string, std::string>;

/// The environment of this process.
EnvironmentMap processEnvironment();

/// Settings from the environment and the file at `envFilePath` (which may be absent); the environment wins, a
/// variable set to nothing counts as not set. Reads the file and that of K_CRYPTO_MASTER_KEYS_FILE,
/// nothing else.
LoadedSettings loadSettings(const EnvironmentMap& environment, const std::string& envFilePath);

/// Contents of the file of K_CRYPTO_MASTER_KEYS_FILE.
struct MasterKeyFile {
  std::string keys;   ///< in the form of K_CRYPTO_MASTER_KEYS
  std::string fault;  ///< why it cannot be used
};

/// The same from files already read; uses only its arguments.
LoadedSettings resolveSettings(const EnvironmentMap& environment, const EnvFile& file,
                               const MasterKeyFile& keyFile = {});

/// All faults and warnings for a person, one a line, with the exit status's meaning at the end.
std::string renderFaults(const LoadedSettings& loaded);

/// Every setting with value and origin, aligned, for a person.
std::string renderSettings(const LoadedSettings& loaded);

/// The text of .env.example: each variable with its description, range and default.
std::string renderEnvExample();

}  // namespace ks
