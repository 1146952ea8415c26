#include "core/settings/settingsTable.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/joinedArrays.hpp"
#include "core/settings/accessSettings.hpp"
#include "core/settings/detectionSettings.hpp"
#include "core/settings/paymentSettings.hpp"
#include "core/settings/serviceSettings.hpp"
#include "core/text/url.hpp"

namespace ks {
namespace {

constexpr std::array<std::string_view, 12> kScriptVariables{
    "K_ENV_FILE",     "K_BUILD_DIR", "K_CACHE_DIR",         "K_FAIL_LINES",
    "K_FUZZ_SECONDS", "K_WEB_ROOT",  "K_GATEWAY_TLS_PORT",  "K_GATEWAY_WORKERS",
    "K_GATEWAY_USER", "K_TEST_TMP",  "K_GATEWAY_REDIS_URL", "K_BANK_SIMULATOR_PORT"};

constexpr auto kSettings = joinedArrays(joinedArrays(kServiceSettings, kAccessSettings),
                                        joinedArrays(kDetectionSettings, kPaymentSettings));

std::string alternatives(std::string_view choices) {
  std::string text;
  for (const char c : choices) {
    text += c == '|' ? std::string(", ") : std::string(1, c);
  }
  return text;
}

}  // namespace

std::span<const SettingDescription> settingsTable() noexcept { return kSettings; }

const SettingDescription* findSetting(std::string_view variable) noexcept {
  const auto* const found = std::find_if(kSettings.begin(), kSettings.end(), [variable](const auto& setting) {
    return setting.variable == variable;
  });
  return found == kSettings.end() ? nullptr : &*found;
}

std::string allowedText(const SettingDescription& setting) {
  switch (setting.kind) {
    case SettingKind::integer: {
      std::string text =
          "a whole number from " + std::to_string(setting.least) + " to " + std::to_string(setting.most);
      return setting.unit.empty() ? text : text + " (" + std::string(setting.unit) + ")";
    }
    case SettingKind::choice:
      return "one of " + alternatives(setting.choices);
    case SettingKind::path:
      return "an absolute path";
    case SettingKind::address:
      return "an IP address";
    case SettingKind::origin:
      return "http://host[:port] or https://host[:port], nothing after it";
    case SettingKind::origins:
      return "origins like https://app.example.org separated by commas; * is refused because requests carry "
             "credentials";
    case SettingKind::networks:
      return "networks like 10.0.0.0/8 or 2001:db8::/32 separated by commas, no bits set beyond the prefix";
    case SettingKind::databaseUrl:
      return "postgresql://[user[:password]@][host][:port][,…]/database[?…] or libpq's key=value pairs";
    case SettingKind::redisUrl:
      return "redis://[[user]:password@]host[:port][/database], rediss://… or "
             "unix://[[user]:password@]/path[?db=number]";
    case SettingKind::rate:
      return "COUNT/SECONDS, 1 to " + std::to_string(EventRate::kMostCount) + " within 1 to " +
             std::to_string(EventRate::kLongestWindow.count()) + " seconds";
    case SettingKind::lockLadder:
      return "off, or up to " + std::to_string(kMostLockSteps) +
             " steps FAILURES/SECONDS separated by commas, both growing, 1 to " +
             std::to_string(LockStep::kMostFailures) + " failures, 1 to " +
             std::to_string(LockStep::kLongest) + " seconds; the last may be FAILURES/forever";
    case SettingKind::smtpUrl:
      return "smtp://host[:port] or smtps://host[:port], nothing after it, no user or password in it";
    case SettingKind::mailAddress:
      return "an e-mail address like accounts@example.org";
    case SettingKind::text:
      return "1 to 256 characters";
    case SettingKind::usernames:
      return "at most 100 user names separated by commas";
    case SettingKind::masterKeys:
      break;
  }
  return "id:key pairs separated by commas, each id once (1 to 32 of a-z A-Z 0-9 - _), each key 32 bytes in "
         "base64";
}

std::string maskedValue(const SettingDescription& setting, std::string_view value) {
  if (setting.secret) {
    return value.empty() ? "" : "***";
  }
  const bool isUrl = setting.kind == SettingKind::databaseUrl || setting.kind == SettingKind::redisUrl;
  return isUrl ? maskPasswords(value) : std::string(value);
}

bool isScriptVariable(std::string_view name) noexcept {
  return name.starts_with("K_TEST_") || name.starts_with("K_BENCH_") || name.starts_with("K_DEMO_") ||
         std::find(kScriptVariables.begin(), kScriptVariables.end(), name) != kScriptVariables.end();
}

}  // namespace ks
