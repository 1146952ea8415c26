#include "apps/cli/view/settingsView.hpp"

#include "apps/cli/view/textTable.hpp"

namespace ks::cli {
namespace {

struct SettingRow {
  std::string process;
  std::string variable;
  std::string value;
  std::string origin;
};

void addRow(std::vector<SettingRow>& rows, SettingRow row) {
  auto place = rows.end();
  for (auto it = rows.begin(); it != rows.end(); ++it) {
    if (it->variable == row.variable) {
      if (it->value == row.value && it->origin == row.origin) {
        it->process = "both";
        return;
      }
      place = it + 1;
    }
  }
  rows.insert(place, std::move(row));
}

Json faultsJson(const std::vector<SettingFault>& faults) {
  Json list = Json::array();
  for (const auto& fault : faults) {
    Json entry;
    entry["variable"] = fault.variable;
    entry["value"] = fault.value;
    entry["origin"] = fault.origin;
    entry["cause"] = fault.cause;
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

std::string renderRunningSettings(const std::vector<ProcessAnswer>& answers, const ConsoleStyle& style) {
  std::vector<SettingRow> rows;
  for (const auto& answer : answers) {
    for (const auto& setting : listOf(answer.body, "data")) {
      addRow(rows, {answer.process, textOf(setting, "variable"), textOf(setting, "value"),
                    textOf(setting, "origin")});
    }
  }
  if (rows.empty()) {
    return {};
  }
  TextTable table({{"VARIABLE"}, {"ORIGIN"}, {"PROCESS"}, {"VALUE"}});
  for (const auto& row : rows) {
    const bool isDefault = row.origin == "default";
    table.add({{row.variable},
               {row.origin, isDefault ? Tone::faint : Tone::good},
               {row.process, row.process == "both" ? Tone::faint : Tone::plain},
               {row.value}});
  }
  return table.render(style);
}

Json runningSettingsJson(const std::vector<ProcessAnswer>& answers) {
  Json result = jsonAnswer("settings");
  result["source"] = "processes";
  result["processes"] = Json::array();
  for (const auto& answer : answers) {
    Json entry = reachabilityOf(answer);
    entry["settings"] = listOf(answer.body, "data");
    result["processes"].push_back(std::move(entry));
  }
  return result;
}

Json localSettingsJson(const LoadedSettings& loaded) {
  Json result = jsonAnswer("settings");
  result["source"] = "local";
  result["settings"] = Json::array();
  for (const auto& setting : loaded.effective) {
    Json entry;
    entry["variable"] = setting.variable;
    entry["value"] = setting.value;
    entry["origin"] = settingOriginName(setting.origin);
    result["settings"].push_back(std::move(entry));
  }
  result["faults"] = faultsJson(loaded.faults);
  result["warnings"] = faultsJson(loaded.warnings);
  return result;
}

}  // namespace ks::cli
