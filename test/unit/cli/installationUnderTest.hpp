#pragma once
#include <filesystem>
#include <functional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/command/program.hpp"
#include "test/unit/cli/controlSocketServer.hpp"
#include "test/unit/cli/temporaryFolder.hpp"

namespace ks::cli {

/// How kctl ended and what it said.
struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

/// A folder with the sockets that kctl finds its processes by.
class Installation {
 public:
  [[nodiscard]] std::string socket(const std::string& process) const {
    return (folder_.path() / (process + ".ctl.sock")).string();
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }

  Ran run(const std::vector<std::string>& words, EnvironmentMap more = {}) const {
    std::ostringstream out;
    std::ostringstream err;
    more.emplace("K_SOCKET_DIR", folder_.path().string());
    more.emplace("K_MAIL_DIR", folder_.path().string());
    auto context = makeCliContext(std::move(more), folder_.path().string(), folder_.path().string(),
                                  ConsoleStyle{}, out, err);
    const int status = runProgramWith(words, context);
    return {status, out.str(), err.str()};
  }

 private:
  TemporaryFolder folder_;
};

inline std::function<std::string(const std::string&)> always(int status, const std::string& json) {
  return [=](const std::string&) { return ControlSocketServer::http(status, json); };
}

}  // namespace ks::cli
