#include "core/settings/settingsValue.hpp"

#include <algorithm>
#include <charconv>
#include <type_traits>

#include "core/network/ipAddress.hpp"
#include "core/text/base64url.hpp"
#include "core/text/identifierFold.hpp"
#include "core/text/url.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

constexpr std::size_t kMaxListEntries = 100;
constexpr std::size_t kMasterKeyBytes = 32;

std::optional<std::int64_t> parseWholeNumber(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool digitsOnly = !text.empty() && text.front() != '-' && (text.size() == 1 || text.front() != '0');
  if (error != std::errc{} || end != text.data() + text.size() || !digitsOnly) {
    return std::nullopt;
  }
  return number;
}

std::optional<std::int64_t> choiceIndex(std::string_view choices, std::string_view value) {
  for (std::int64_t index = 0;; ++index) {
    const auto bar = choices.find('|');
    if (choices.substr(0, bar) == value) {
      return index;
    }
    if (bar == std::string_view::npos) {
      return std::nullopt;
    }
    choices.remove_prefix(bar + 1);
  }
}

std::optional<std::vector<std::string>> splitList(std::string_view text) {
  std::vector<std::string> entries;
  while (true) {
    const auto comma = text.find(',');
    std::string_view entry = text.substr(0, comma);
    while (entry.starts_with(' ')) {
      entry.remove_prefix(1);
    }
    while (entry.ends_with(' ')) {
      entry.remove_suffix(1);
    }
    if (entry.empty() || entries.size() == kMaxListEntries) {
      return std::nullopt;
    }
    entries.emplace_back(entry);
    if (comma == std::string_view::npos) {
      return entries;
    }
    text.remove_prefix(comma + 1);
  }
}

bool isDatabaseUrl(std::string_view value) {
  if (value.find("://") == std::string_view::npos) {
    // libpq's key=value pairs, recognised by the first word.
    const auto equals = value.find('=');
    const auto name = value.substr(0, equals);
    return equals != std::string_view::npos && !name.empty() &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == ' '; });
  }
  return (value.starts_with("postgresql://") || value.starts_with("postgres://")) &&
         value.find(' ') == std::string_view::npos;
}

bool isRedisUrl(std::string_view value) {
  const auto parts = parseUrl(value);
  if (!parts) {
    return false;
  }
  const auto isDatabase = [](std::string_view text) {
    return parseWholeNumber(text).value_or(100'000) <= 65'535;
  };
  if (parts->scheme == "unix") {
    const bool database = parts->query.empty() || (parts->query.starts_with("db=") &&
                                                   isDatabase(std::string_view(parts->query).substr(3)));
    return parts->host.empty() && parts->path.size() > 1 && database;
  }
  const bool path = parts->path.size() <= 1 || isDatabase(std::string_view(parts->path).substr(1));
  return (parts->scheme == "redis" || parts->scheme == "rediss") && !parts->host.empty() && path &&
         parts->query.empty();
}

bool isSmtpUrl(std::string_view value) {
  const auto parts = parseUrl(value);
  return parts && (parts->scheme == "smtp" || parts->scheme == "smtps") && !parts->host.empty() &&
         parts->user.empty() && parts->password.empty() && parts->path.empty() && parts->query.empty();
}

/// The checked value as text, in its normal form.
std::optional<std::string> checkedText(SettingKind kind, std::string_view value) {
  switch (kind) {
    case SettingKind::path:
      return value.starts_with('/') && value.size() < 4096 ? std::optional<std::string>(value) : std::nullopt;
    case SettingKind::address:
      return IpAddress::parse(value) ? std::optional<std::string>(value) : std::nullopt;
    case SettingKind::origin:
      return normalizeOrigin(value);
    case SettingKind::databaseUrl:
      return isDatabaseUrl(value) ? std::optional<std::string>(value) : std::nullopt;
    case SettingKind::redisUrl:
      return isRedisUrl(value) ? std::optional<std::string>(value) : std::nullopt;
    case SettingKind::smtpUrl:
      return isSmtpUrl(value) ? std::optional<std::string>(value) : std::nullopt;
    case SettingKind::mailAddress:
      return normalizeEmail(value);
    case SettingKind::text:
      return countCodePoints(value) <= 256 ? std::optional<std::string>(value) : std::nullopt;
    case SettingKind::masterKeys:
      return splitMasterKeys(value) ? std::optional<std::string>(value) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<std::vector<std::string>> checkedList(SettingKind kind, std::string_view value) {
  auto entries = splitList(value);
  if (!entries) {
    return std::nullopt;
  }
  for (auto& entry : *entries) {
    if (kind == SettingKind::networks) {
      const auto network = IpNetwork::parse(entry);
      if (!network) {
        return std::nullopt;
      }
      entry = network->toString();
      continue;
    }
    auto normal = kind == SettingKind::usernames ? normalizeUsername(entry) : normalizeOrigin(entry);
    if (!normal) {
      return std::nullopt;
    }
    entry = std::move(*normal);
  }
  return entries;
}

std::optional<std::int64_t> checkedNumber(const SettingDescription& setting, std::string_view value) {
  if (setting.kind == SettingKind::choice) {
    return choiceIndex(setting.choices, value);
  }
  const auto number = parseWholeNumber(value);
  return number && *number >= setting.least && *number <= setting.most ? number : std::nullopt;
}

std::optional<EventRate> checkedRate(std::string_view value) {
  const auto slash = value.find('/');
  if (slash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto count = parseWholeNumber(value.substr(0, slash));
  const auto seconds = parseWholeNumber(value.substr(slash + 1));
  if (!count || *count < 1 || *count > EventRate::kMostCount || !seconds || *seconds < 1 ||
      *seconds > EventRate::kLongestWindow.count()) {
    return std::nullopt;
  }
  return EventRate{static_cast<std::uint32_t>(*count), std::chrono::seconds{*seconds}};
}

template <class Target>
bool storeInto(Target& target, const SettingDescription& setting, std::string_view value) {
  if constexpr (std::is_same_v<Target, std::string> || std::is_same_v<Target, SecretText>) {
    auto text = checkedText(setting.kind, value);
    if (text) {
      target = Target(std::move(*text));
    }
    return text.has_value();
  } else if constexpr (std::is_same_v<Target, std::vector<std::string>>) {
    auto list = checkedList(setting.kind, value);
    if (list) {
      target = std::move(*list);
    }
    return list.has_value();
  } else if constexpr (std::is_same_v<Target, LockLadder>) {
    auto ladder = parseLockLadder(value);
    if (ladder) {
      target = std::move(*ladder);
    }
    return ladder.has_value();
  } else if constexpr (std::is_same_v<Target, EventRate>) {
    const auto rate = checkedRate(value);
    target = rate.value_or(target);
    return rate.has_value();
  } else {
    const auto number = checkedNumber(setting, value);
    if (number) {
      target = static_cast<Target>(*number);
    }
    return number.has_value();
  }
}

}  // namespace

bool storeSetting(const SettingDescription& setting, std::string_view value, Settings& settings) {
  if (!isUtf8(value) || hasControlCharacter(value)) {
    return false;
  }
  return std::visit([&](auto member) { return storeInto(settings.*member, setting, value); }, setting.member);
}

bool storeLiveSetting(const SettingDescription& setting, std::string_view value, Settings& settings) {
  if (const auto* const list = std::get_if<std::vector<std::string> Settings::*>(&setting.member);
      list != nullptr && value.empty()) {
    (settings.**list).clear();
    return true;
  }
  return storeSetting(setting, value, settings);
}

std::optional<std::vector<MasterKeyText>> splitMasterKeys(std::string_view text) {
  const auto isIdCharacter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  const auto entries = splitList(text);
  if (!entries) {
    return std::nullopt;
  }
  std::vector<MasterKeyText> keys;
  for (const auto& entry : *entries) {
    const auto colon = entry.find(':');
    const std::string id = entry.substr(0, colon);
    if (colon == std::string::npos || id.empty() || id.size() > 32 ||
        !std::all_of(id.begin(), id.end(), isIdCharacter)) {
      return std::nullopt;
    }
    const std::string base64 = entry.substr(colon + 1);
    const auto key = base64Decode(base64);
    const bool known =
        std::any_of(keys.begin(), keys.end(), [&id](const MasterKeyText& other) { return other.id == id; });
    if (!key || key->size() != kMasterKeyBytes || known) {
      return std::nullopt;
    }
    keys.push_back({id, base64});
  }
  return keys;
}

}  // namespace ks
