#pragma once
#include <string>

#include "http/routing/routeTable.hpp"

namespace ks {

/// For a route of the control socket. Open to anyone who can open the socket; its mode allows only the owner
/// of the process. Answered even when the process is overloaded, because an operator needs it then.
[[nodiscard]] RouteSpec controlSpec(HttpMethod method, std::string path, std::string operationId,
                                    std::string summary);

}  // namespace ks
