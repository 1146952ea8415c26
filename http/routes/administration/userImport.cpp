#include "http/routes/administration/userImport.hpp"

#include <algorithm>
#include <utility>

namespace ks {
namespace {

ImportedUser readImportLine(std::string_view line, std::uint32_t number) {
  ImportedUser user;
  user.line = number;
  auto read = schemaOf<NewAccount>().parse(line);
  if (!read) {
    const auto& fault = read.fault();
    user.fault = fault.details.empty() ? fault.code : fault.details.front().code;
    user.field = fault.details.empty() ? fault.field : fault.details.front().field;
    return user;
  }
  static_cast<NewAccount&>(user) = std::move(read.value());
  return user;
}

}  // namespace

Result<std::vector<ImportedUser>> readImportLines(std::string_view text) {
  std::vector<ImportedUser> users;
  std::uint32_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    if (users.size() == kMostImportLines) {
      return fieldFault(
          ErrorCode::tooLong, "body",
          "an import takes " + std::to_string(kMostImportLines) + " lines; send the others separately");
    }
    users.push_back(readImportLine(line, number));
  }
  if (users.empty()) {
    return fieldFault(ErrorCode::required, "body", "the body has no lines");
  }
  return users;
}

}  // namespace ks
