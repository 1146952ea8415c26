#pragma once
#include <string>
#include <string_view>

// RFC 4180 cells, safe to open in a spreadsheet.
namespace ks {

/// Text from outside. What a spreadsheet would run as a formula gets an apostrophe before it (OWASP, CSV
/// injection).
void appendCsvText(std::string& out, std::string_view text);
/// A JSON value that is no text of free form: number, boolean, time, identifier, name; arrays and objects as
/// their JSON.
void appendCsvJson(std::string& out, std::string_view json);

}  // namespace ks
