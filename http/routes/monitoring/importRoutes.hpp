#pragma once
#include <functional>
#include <string>

#include "http/routing/routeTable.hpp"
#include "messages/monitoring/collectorMessages.hpp"

namespace ks {

/// Control routes: POST /control/logs/imports {path, source} begins to read a log file (or finds it begun),
/// GET ?path=&source= tells how far that is. `tail` is asked for the source access or dos.
void addImportRoutes(RouteTable& routes, const std::function<LogTailActor(const std::string& source)>& tail);

}  // namespace ks
