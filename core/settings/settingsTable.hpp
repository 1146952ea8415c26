#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "core/settings/settings.hpp"

namespace ks {

/// The form of a value; determines its check.
enum class SettingKind : std::uint8_t {
  integer,  ///< decimal digits from `least` to `most`
  choice,   ///< one of `choices`, separated by |
  path,  ///< absolute, no control characters; relative paths are refused because processes start in different
         ///< folders
  address,      ///< an IP address
  origin,       ///< http://host[:port] or https://host[:port]
  origins,      ///< comma list of those
  networks,     ///< comma list of CIDR
  databaseUrl,  ///< libpq URI or key/value
  redisUrl,     ///< redis://, rediss://, unix://
  smtpUrl,      ///< smtp://host[:port], smtps://host[:port]
  mailAddress,  ///< as an account's
  text,         ///< 1 to 256 characters
  masterKeys,   ///< id:base64(32 bytes)[,…]
  rate,         ///< COUNT/SECONDS
  lockLadder,   ///< FAILURES/SECONDS[,…] or off
  usernames,    ///< comma list of user names
};

/// Holders of settings:write; superadmins only if protection or evidence depends on the setting.
enum class LiveFor : std::uint8_t { nobody, administrators, superadmins };

using SettingMember =
    std::variant<int Settings::*, bool Settings::*, Environment Settings::*, LogLevel Settings::*,
                 std::string Settings::*, SecretText Settings::*, std::vector<std::string> Settings::*,
                 std::chrono::seconds Settings::*, std::chrono::milliseconds Settings::*,
                 std::chrono::hours Settings::*, EventRate Settings::*, LockLadder Settings::*>;

/// The only description of a variable: loading, checking, masking, `kctl settings` and .env.example use
/// it.
struct SettingDescription {
  std::string_view variable;
  SettingMember member;
  SettingKind kind;
  std::string_view
      fallback;  ///< default; ${NAME} stands for a variable above, ${PWD} for the current folder; empty: none
  std::string_view description;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::string_view choices = {};
  std::string_view unit = {};
  std::string_view developmentFallback = {};  ///< default in development, where it differs
  bool shifted = false;                       ///< K_PORT_OFFSET is added to the default
  bool secret = false;                        ///< never shown
  bool required = false;                      ///< must have a value
  LiveFor live = LiveFor::nobody;             ///< who may change it while everything runs

  [[nodiscard]] constexpr bool isLive() const { return live != LiveFor::nobody; }
};

/// In the order of .env.example; a default refers only to variables above its own.
std::span<const SettingDescription> settingsTable() noexcept;

/// Null when there is none of that name.
const SettingDescription* findSetting(std::string_view variable) noexcept;

/// The allowed values, for a person: `a whole number from 1 to 65535`.
std::string allowedText(const SettingDescription& setting);

/// The value as it may be shown.
std::string maskedValue(const SettingDescription& setting, std::string_view value);

/// Variables with our prefix that only scripts read.
bool isScriptVariable(std::string_view name) noexcept;

}  // namespace ks
