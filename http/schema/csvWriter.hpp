#pragma once
#include <string>
#include <string_view>

// RFC 4180 cells, safe to open in a spreadsheet.
namespace ks {

/// External text. A formula gets a leading apostrophe (OWASP, CSV
/// injection).
void appendCsvText(std::string& out, std::string_view text);
/// A JSON value that is not free text: number, boolean, time, identifier, name; arrays and objects as
/// their JSON.
void appendCsvJson(std::string& out, std::string_view json);

}  // namespace ks
