#pragma once
#include <string>

#include "http/routing/routeTable.hpp"

namespace ks {

/// Of a route of the control socket. Open to whoever can open the socket, which its mode leaves to the owner
/// of the process. Answered even when the process is full: that is when an operator asks.
[[nodiscard]] RouteSpec controlSpec(HttpMethod method, std::string path, std::string operationId,
                                    std::string summary);

}  // namespace ks
