#pragma once
#include <functional>

#include "http/routing/routeTable.hpp"
#include "monitoring/collector/collectorMessages.hpp"

namespace ks {

struct ImportRoutesConfig {
  caf::actor_system& system;
  std::function<LogTailActor(const std::string& source)> tail;  ///< access or dos
};

/// Control routes: POST /control/logs/imports {path, source} begins to read a log file (or finds it begun),
/// GET ?path=&source= tells how far that is.
void addImportRoutes(RouteTable& routes, const ImportRoutesConfig& config);

}  // namespace ks
