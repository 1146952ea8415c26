#include <algorithm>
#include <string_view>

#include "core/settings/settings.hpp"
#include "core/settings/settingsTable.hpp"

namespace ks {
namespace {

std::string settingFaultLine(const SettingFault& fault) {
  std::string line = fault.variable;
  if (!fault.value.empty()) {
    line += "=" + fault.value;
  }
  if (!fault.origin.empty()) {
    line += " (" + fault.origin + ")";
  }
  return line + ": " + fault.cause + "\n";
}

}  // namespace

std::string renderFaults(const LoadedSettings& loaded) {
  std::string text;
  for (const auto& warning : loaded.warnings) {
    text += "warning: " + settingFaultLine(warning);
  }
  for (const auto& fault : loaded.faults) {
    text += "error: " + settingFaultLine(fault);
  }
  if (!loaded.faults.empty()) {
    const bool one = loaded.faults.size() == 1;
    text += std::to_string(loaded.faults.size()) + (one ? " setting is" : " settings are") +
            " wrong; nothing was started. Correct the environment or .env; .env.example describes every "
            "variable.\n";
  }
  return text;
}

std::string renderSettings(const LoadedSettings& loaded) {
  std::size_t nameWidth = 0;
  std::size_t valueWidth = 0;
  for (const auto& setting : loaded.effective) {
    nameWidth = std::max(nameWidth, setting.variable.size());
    valueWidth = std::max(valueWidth, setting.value.size());
  }
  std::string text;
  for (const auto& setting : loaded.effective) {
    std::string line = setting.variable;
    line.resize(nameWidth + 2, ' ');
    line += setting.value;
    line.resize(nameWidth + 2 + valueWidth + 2, ' ');
    text += line + std::string(settingOriginName(setting.origin)) + "\n";
  }
  return text;
}

std::string renderEnvExample() {
  std::string text =
      "# Settings of k-services. Copy to .env and change what you need: a real environment variable wins "
      "over this file,\n"
      "# a variable that is set to nothing has its default. Keep the file to yourself: chmod 600 .env\n";
  for (const auto& setting : settingsTable()) {
    text += "\n# " + std::string(setting.description) + "\n# Allowed: " + allowedText(setting) + ".";
    if (!setting.developmentFallback.empty()) {
      text += " In development the default is " + std::string(setting.developmentFallback) + ".";
    }
    if (setting.isLive()) {
      text += setting.live == LiveFor::superadmins ? " A superadmin may change it while everything runs."
                                                   : " An administrator may change it while everything runs.";
    }
    if (setting.shifted) {
      text += " K_PORT_OFFSET is added to the default.";
    }
    // A default that refers to others is only described: a value in the file is used literally.
    const bool derived = setting.fallback.find("${") != std::string_view::npos;
    if (derived) {
      text += "\n# Default: " + std::string(setting.fallback);
    }
    text += "\n#" + std::string(setting.variable) + "=" + std::string(derived ? "" : setting.fallback) + "\n";
  }
  return text;
}

}  // namespace ks
