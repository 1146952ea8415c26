#include "core/settings/settings.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <numeric>
#include <optional>

#include "core/settings/settingsRules.hpp"
#include "core/settings/settingsTable.hpp"
#include "core/settings/settingsValue.hpp"
#include "core/text/utf8.hpp"

namespace ks {
namespace {

constexpr std::string_view kMasterKeys = "K_CRYPTO_MASTER_KEYS";
constexpr std::string_view kMasterKeysFile = "K_CRYPTO_MASTER_KEYS_FILE";
constexpr std::size_t kMostKeyFileBytes = 64U << 10U;

/// A value as it was given.
struct GivenValue {
  std::string text;
  SettingOrigin origin = SettingOrigin::defaultValue;
  std::string place;
};

/// Levenshtein distance.
std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t k = 0; k < b.size(); ++k) {
      const std::size_t above = row[k + 1];
      row[k + 1] = std::min({above + 1, row[k] + 1, diagonal + (a[i] == b[k] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string_view nearestVariable(std::string_view name) {
  constexpr std::size_t kMaxDistance = 4;
  std::string_view nearest;
  std::size_t least = kMaxDistance;
  for (const auto& setting : settingsTable()) {
    const auto distance = editDistance(name, setting.variable);
    if (distance < least) {
      least = distance;
      nearest = setting.variable;
    }
  }
  return nearest;
}

class SettingsResolver {
 public:
  SettingsResolver(const EnvironmentMap& environment, const EnvFile& file, const MasterKeyFile& keyFile)
      : environment_(environment), file_(file), keyFile_(keyFile) {}

  LoadedSettings resolve() {
    for (const auto& fault : file_.faults) {
      loaded_.faults.push_back({".env", {}, ".env line " + std::to_string(fault.line), fault.cause});
    }
    for (const auto& setting : settingsTable()) {
      resolveOne(setting);
    }
    for (const auto& [name, value] : environment_) {
      warnIfUnknown(name, "environment");
    }
    for (const auto& [name, entry] : file_.entries) {
      warnIfUnknown(name, ".env line " + std::to_string(entry.line));
    }
    checkKeyFile();
    checkSettingsTogether(loaded_);
    return std::move(loaded_);
  }

 private:
  GivenValue find(const SettingDescription& setting) const {
    const std::string name(setting.variable);
    if (const auto place = environment_.find(name); place != environment_.end() && !place->second.empty()) {
      return {place->second, SettingOrigin::environment, "environment"};
    }
    if (const auto place = file_.entries.find(name);
        place != file_.entries.end() && !place->second.value.empty()) {
      return {place->second.value, SettingOrigin::file, ".env line " + std::to_string(place->second.line)};
    }
    if (setting.variable == kMasterKeys && !keyFile_.keys.empty()) {
      return {keyFile_.keys, SettingOrigin::file, std::string(kMasterKeysFile)};
    }
    return {defaultOf(setting), SettingOrigin::defaultValue, "default"};
  }

  void checkKeyFile() {
    const auto& path = loaded_.settings.cryptoMasterKeysFile;
    if (path.empty()) {
      return;
    }
    if (!keyFile_.fault.empty()) {
      // The missing keys are a consequence.
      std::erase_if(loaded_.faults, [](const SettingFault& fault) { return fault.variable == kMasterKeys; });
      loaded_.faults.push_back({std::string(kMasterKeysFile), path, {}, keyFile_.fault});
    } else if (loaded_.settings.cryptoMasterKeys.reveal() != keyFile_.keys) {
      const bool both = std::none_of(loaded_.faults.begin(), loaded_.faults.end(),
                                     [](const SettingFault& fault) { return fault.variable == kMasterKeys; });
      if (both) {
        loaded_.faults.push_back(
            {std::string(kMasterKeysFile), path, {}, "K_CRYPTO_MASTER_KEYS is set too: set one of the two"});
      }
    }
  }

  /// Empty if a variable in the default has no value.
  std::string defaultOf(const SettingDescription& setting) const {
    const bool development = !loaded_.settings.isProduction() && !setting.developmentFallback.empty();
    std::string_view pattern = development ? setting.developmentFallback : setting.fallback;
    if (setting.shifted) {
      const int port = std::stoi(std::string(pattern)) + loaded_.settings.portOffset;
      return std::to_string(port);
    }
    std::string text;
    for (auto open = pattern.find("${"); open != std::string_view::npos; open = pattern.find("${")) {
      const auto close = pattern.find('}', open);
      const auto value = valueOf(pattern.substr(open + 2, close - open - 2));
      if (value.empty()) {
        return {};
      }
      text.append(pattern.substr(0, open)).append(value);
      pattern.remove_prefix(close + 1);
    }
    return text.append(pattern);
  }

  std::string valueOf(std::string_view name) const {
    if (name == "PWD") {
      const auto place = environment_.find("PWD");
      return place == environment_.end() ? std::string{} : place->second;
    }
    const auto place = values_.find(name);
    return place == values_.end() ? std::string{} : place->second;
  }

  void resolveOne(const SettingDescription& setting) {
    const GivenValue given = find(setting);
    const std::string shown = replaceBadUtf8(cutUtf8(maskedValue(setting, given.text), 200));
    if (given.text.empty()) {
      if (setting.required) {
        loaded_.faults.push_back(
            {std::string(setting.variable), {}, {}, "is missing; allowed: " + allowedText(setting)});
      }
    } else if (!storeSetting(setting, given.text, loaded_.settings)) {
      loaded_.faults.push_back(
          {std::string(setting.variable), shown, given.place, "allowed: " + allowedText(setting)});
    }
    loaded_.effective.push_back({std::string(setting.variable), shown, given.origin});
    if (!setting.secret) {
      values_.emplace(setting.variable, given.text);
    }
  }

  void warnIfUnknown(const std::string& name, std::string place) {
    if (!name.starts_with("K_") || isScriptVariable(name)) {
      return;
    }
    const auto table = settingsTable();
    if (std::any_of(table.begin(), table.end(),
                    [&name](const auto& setting) { return setting.variable == name; })) {
      return;
    }
    const auto nearest = nearestVariable(name);
    loaded_.warnings.push_back({name,
                                {},
                                std::move(place),
                                nearest.empty()
                                    ? "is not a setting"
                                    : "is not a setting; did you mean " + std::string(nearest) + "?"});
  }

  const EnvironmentMap& environment_;
  const EnvFile& file_;
  const MasterKeyFile& keyFile_;
  LoadedSettings loaded_;
  std::map<std::string, std::string, std::less<>> values_;  // as given, for the defaults that refer to them
};

struct ReadFile {
  std::string text;
  bool present = false;
  bool worldReadable = false;
  std::string error;
};

ReadFile readEnvFile(const std::string& path) {
  ReadFile result;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT && errno != ENOTDIR) {
      result.error = std::strerror(errno);
    }
    return result;
  }
  result.present = true;
  result.worldReadable = (status.st_mode & S_IROTH) != 0;
  if (!S_ISREG(status.st_mode)) {
    result.error = "it is not a regular file";
    return result;
  }
  std::ifstream in(path, std::ios::binary);
  result.text.assign(std::istreambuf_iterator<char>(in), {});
  if (!in.good() && !in.eof()) {
    result.error = "it cannot be read";
  }
  return result;
}

/// Keys one a line or separated by commas.
MasterKeyFile readMasterKeyFile(const std::string& path, bool isCredential) {
  MasterKeyFile result;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    result.fault = std::string("cannot be read: ") + std::strerror(errno);
    return result;
  }
  // A credential of systemd belongs to root; an access list, shown as the group's bits, opens it to the
  // service.
  const mode_t forbidden = isCredential ? S_IRWXO : S_IRWXG | S_IRWXO;
  if (!S_ISREG(status.st_mode) || (status.st_mode & forbidden) != 0) {
    result.fault = "must be readable by its owner only; run: chmod 600 " + path;
    return result;
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    result.fault = "belongs to another user";
    return result;
  }
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.good() && !in.eof()) {
    result.fault = "cannot be read";
  } else if (text.size() > kMostKeyFileBytes) {
    result.fault = "is longer than " + std::to_string(kMostKeyFileBytes) + " bytes";
  } else {
    text.erase(
        std::find_if(text.rbegin(), text.rend(), [](char c) { return c != '\n' && c != '\r' && c != ' '; })
            .base(),
        text.end());
    std::replace(text.begin(), text.end(), '\n', ',');
    result.keys = std::move(text);
    result.fault = result.keys.empty() ? "is empty" : "";
  }
  return result;
}

std::string givenText(const EnvironmentMap& environment, const EnvFile& file, std::string_view variable) {
  const std::string name(variable);
  if (const auto place = environment.find(name); place != environment.end() && !place->second.empty()) {
    return place->second;
  }
  const auto place = file.entries.find(name);
  return place == file.entries.end() ? std::string{} : place->second.value;
}

MasterKeyFile keyFileOf(const EnvironmentMap& environment, const EnvFile& file) {
  const auto path = givenText(environment, file, kMasterKeysFile);
  if (!path.starts_with('/')) {
    return {};  // unset, or not a path, which is reported when it is resolved
  }
  const auto credentials = givenText(environment, {}, "CREDENTIALS_DIRECTORY");
  return readMasterKeyFile(path, !credentials.empty() && path.starts_with(credentials + "/"));
}

}  // namespace

std::string_view settingOriginName(SettingOrigin origin) noexcept {
  constexpr std::array<std::string_view, 4> kNames{"default", "file", "environment", "database"};
  return kNames[static_cast<std::size_t>(origin)];
}

EnvironmentMap processEnvironment() {
  EnvironmentMap result;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) {
      result.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return result;
}

LoadedSettings resolveSettings(const EnvironmentMap& environment, const EnvFile& file,
                               const MasterKeyFile& keyFile) {
  return SettingsResolver(environment, file, keyFile).resolve();
}

LoadedSettings loadSettings(const EnvironmentMap& environment, const std::string& envFilePath) {
  const ReadFile file = readEnvFile(envFilePath);
  const EnvFile entries = parseEnvFile(file.text);
  LoadedSettings loaded = resolveSettings(environment, entries, keyFileOf(environment, entries));
  if (!file.error.empty()) {
    loaded.faults.push_back({envFilePath, {}, {}, "cannot be read: " + file.error});
  }
  if (file.worldReadable) {
    auto& list = loaded.settings.isProduction() ? loaded.faults : loaded.warnings;
    list.push_back(
        {envFilePath, {}, {}, "every user of this machine can read it; run: chmod 600 " + envFilePath});
  }
  return loaded;
}

}  // namespace ks
