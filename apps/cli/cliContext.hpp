#pragma once
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "apps/cli/consoleStyle.hpp"
#include "core/settings/settings.hpp"

namespace ks::cli {

/// The environment of a command.
struct CliContext {
  EnvironmentMap environment;
  std::string envFile;        ///< the .env that was read
  std::string installation;   ///< the checkout's folder
  std::string programFolder;  ///< the folder of kctl and k-admin
  LoadedSettings settings;    ///< a fault stops only commands that use the setting
  ConsoleStyle style;
  std::ostream& out;
  std::ostream& err;

  /// A folder from the settings; nothing, and a message on `err`, if this variable is invalid.
  [[nodiscard]] std::optional<std::string> folder(std::string_view variable,
                                                  std::string Settings::*member) const;
  [[nodiscard]] std::optional<std::string> controlSocket(const std::string& process) const;
};

/// The checkout that contains `start` (the nearest folder upwards with `k` and `.env.example`); empty: none.
std::string findInstallation(const std::string& start);

/// Settings as the servers read them: the environment, then `.env` of the checkout around the current folder,
/// else of the checkout around the program.
CliContext makeCliContext(EnvironmentMap environment, const std::string& currentFolder,
                          const std::string& programFolder, ConsoleStyle style, std::ostream& out,
                          std::ostream& err);

/// `error: ...` on `context.err`.
void complain(const CliContext& context, const std::string& message);

}  // namespace ks::cli
