#include "apps/cli/cliContext.hpp"

#include <algorithm>
#include <filesystem>
#include <ostream>

namespace ks::cli {

namespace fs = std::filesystem;

std::string findInstallation(const std::string& start) {
  std::error_code error;
  for (fs::path folder = start; !folder.empty(); folder = folder.parent_path()) {
    if (fs::exists(folder / "k", error) && fs::exists(folder / ".env.example", error)) {
      return folder.string();
    }
    if (folder == folder.root_path()) {
      break;
    }
  }
  return {};
}

CliContext makeCliContext(EnvironmentMap environment, const std::string& currentFolder,
                          const std::string& programFolder, ConsoleStyle style, std::ostream& out,
                          std::ostream& err) {
  std::string installation = findInstallation(currentFolder);
  if (installation.empty()) {
    installation = findInstallation(programFolder);
  }
  if (installation.empty()) {
    installation = currentFolder;
  }
  // Defaults are relative to PWD, which is the checkout for every program that ./k starts.
  environment["PWD"] = installation;
  std::string envFile = installation + "/.env";
  LoadedSettings settings = loadSettings(environment, envFile);
  return {std::move(environment),
          std::move(envFile),
          std::move(installation),
          programFolder,
          std::move(settings),
          style,
          out,
          err};
}

std::optional<std::string> CliContext::folder(std::string_view variable,
                                              std::string Settings::*member) const {
  const auto fault =
      std::find_if(settings.faults.begin(), settings.faults.end(),
                   [variable](const auto& candidate) { return candidate.variable == variable; });
  const std::string& value = settings.settings.*member;
  if (fault != settings.faults.end() || value.empty()) {
    std::string message = std::string(variable) + " is required here and ";
    message +=
        fault == settings.faults.end() ? "is empty" : "is invalid (" + fault->origin + "): " + fault->cause;
    complain(*this, message);
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> CliContext::controlSocket(const std::string& process) const {
  auto path = folder("K_SOCKET_DIR", &Settings::socketDir);
  return path ? std::optional(*path + "/" + process + ".ctl.sock") : std::nullopt;
}

void complain(const CliContext& context, const std::string& message) {
  context.err << context.style.paint(Tone::bad, "error:") << " " << printable(message, true) << "\n";
}

}  // namespace ks::cli
