#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clockInterface.hpp"

// Appends JSON to a string without a tree. Bytes that are not valid UTF-8 become U+FFFD.
namespace ks {

/// A quoted and escaped string.
void appendJsonText(std::string& out, std::string_view text);
void appendJsonInteger(std::string& out, std::int64_t value);
/// Shortest form that reads back the same; `null` for values outside JSON (NaN, infinity).
void appendJsonReal(std::string& out, double value);
inline void appendJsonBoolean(std::string& out, bool value) { out += value ? "true" : "false"; }
/// RFC 3339, UTC, milliseconds: "2026-02-03T10:30:45.123Z", with the quotes.
void appendJsonTime(std::string& out, TimePoint time);

}  // namespace ks
