#pragma once
#include <string>
#include <vector>

#include "http/server/httpMessage.hpp"

namespace ks {

/// CORS for exact origins, cookies allowed. Adds what a browser asks for to the answer of `request`; an
/// answer to OPTIONS has the path's methods in Allow. Without trusted origins it adds nothing.
void addCrossOriginHeaders(HttpResponse& answer, const HttpRequest& request,
                           const std::vector<std::string>& trustedOrigins);

}  // namespace ks
