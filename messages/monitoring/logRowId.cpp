#include "messages/monitoring/logRowId.hpp"

#include <cstring>
#include <string_view>

#include "core/contentHash.hpp"

namespace ks {

Uuid logRowId(const Uuid& fileId, const HttpLogEntry& entry) {
  const std::string_view file(reinterpret_cast<const char*>(fileId.bytes.data()), fileId.bytes.size());
  const std::uint64_t high = contentHash(file, entry.offset);
  const std::uint64_t low = contentHash(file, ~entry.offset);
  const auto ms = static_cast<std::uint64_t>(entry.at.time_since_epoch().count());
  const std::uint64_t first = __builtin_bswap64(ms << 16U | 0x7000U | (high & 0xfffU));
  const std::uint64_t second = __builtin_bswap64((low & 0x3fff'ffff'ffff'ffffULL) | 0x8000'0000'0000'0000ULL);
  Uuid id;
  std::memcpy(id.bytes.data(), &first, 8);
  std::memcpy(id.bytes.data() + 8, &second, 8);
  return id;
}

}  // namespace ks
