#include "persistence/userAdministrationRows.hpp"

#include <string>

namespace ks::userAdministrationRows {

ErrorCode readRefusal(std::string_view outcome) {
  if (outcome == "ok") {
    return ErrorCode::none;
  }
  const auto code = errorCodeFromName(outcome);
  if (code == ErrorCode::none) {
    throw SqlReadError("no error is called " + std::string{outcome});
  }
  return code;
}

std::vector<Uuid> readIds(const SqlRow& row, int column) {
  std::vector<Uuid> ids;
  for (const auto& text : row.textArray(column)) {
    if (const auto id = Uuid::parse(text)) {
      ids.push_back(*id);
    }
  }
  return ids;
}

}  // namespace ks::userAdministrationRows
