#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/clockInterface.hpp"
#include "core/uuid.hpp"

// PostgreSQL's binary wire format, big-endian. Each function appends one value's bytes without its length.
namespace ks::sqlEncoding {

void appendInt16(std::string& out, std::int16_t value);
void appendInt32(std::string& out, std::int32_t value);
void appendInt64(std::string& out, std::int64_t value);
void appendFloat64(std::string& out, double value);
void appendUuid(std::string& out, const Uuid& value);
/// Microseconds since 2000-01-01 UTC.
void appendTime(std::string& out, TimePoint value);
/// False, and nothing appended, if `address` is not an IPv4 or IPv6 address (without a prefix length).
bool appendInet(std::string& out, std::string_view address);
/// Overwrites the four bytes at `position`.
void patchInt32(std::string& out, std::size_t position, std::int32_t value);

std::int16_t readInt16(const char* bytes) noexcept;
std::int32_t readInt32(const char* bytes) noexcept;
std::int64_t readInt64(const char* bytes) noexcept;
double readFloat64(const char* bytes) noexcept;
float readFloat32(const char* bytes) noexcept;
TimePoint readTime(const char* bytes) noexcept;
/// Empty if the bytes are not an inet value. A prefix length is written only when it is not the whole
/// address.
std::string readInet(std::string_view bytes);

}  // namespace ks::sqlEncoding
