#pragma once
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "http/routes/administration/userSchemas.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/userAdministration.hpp"
#include "messages/administration/userImportRecords.hpp"

namespace ks {

/// One account a line; a line that is none says so (`fault`, `field`), empty ones are left out. Fault:
/// required (there is none), tooLong (more than kMostImportLines).
[[nodiscard]] Result<std::vector<ImportedUser>> readImportLines(std::string_view text);

}  // namespace ks
