#pragma once
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "apps/cli/consoleStyle.hpp"
#include "core/settings/settings.hpp"

namespace ks::cli {

/// The world as a command sees it.
struct CliContext {
  EnvironmentMap environment;
  std::string envFile;        ///< the .env that was read
  std::string installation;   ///< the checkout's folder
  std::string programFolder;  ///< where kctl lies, and k-admin beside it
  LoadedSettings settings;    ///< faults in it matter only to who needs the faulty setting
  ConsoleStyle style;
  std::ostream& out;
  std::ostream& err;

  /// A folder out of the settings; nothing, and a message on `err`, when that very variable is faulty.
  [[nodiscard]] std::optional<std::string> folder(std::string_view variable,
                                                  std::string Settings::*member) const;
  [[nodiscard]] std::optional<std::string> controlSocket(const std::string& process) const;
};

/// The checkout that `start` lies in (the nearest folder upwards with `k` and `.env.example`); empty: none.
std::string findInstallation(const std::string& start);

/// Settings as the servers read them: the environment, then `.env` of the checkout around the current folder,
/// else of the checkout around the program.
CliContext makeCliContext(EnvironmentMap environment, const std::string& currentFolder,
                          const std::string& programFolder, ConsoleStyle style, std::ostream& out,
                          std::ostream& err);

/// `error: ...` on `context.err`.
void complain(const CliContext& context, const std::string& message);

}  // namespace ks::cli
