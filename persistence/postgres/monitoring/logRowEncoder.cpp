#include "persistence/postgres/monitoring/logRowEncoder.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "messages/monitoring/logRowId.hpp"

namespace ks {
namespace {

constexpr std::size_t kColumns = 18;
/// Lengths of all fields, the fixed fields, and room to spare; texts come on top.
constexpr std::size_t kFixedBytes = 256;
constexpr std::int64_t kPostgresEpochMs = 946'684'800'000;

/// Writes without checks; the caller has reserved space.
class RawWriter {
 public:
  explicit RawWriter(char* at) : at_(at) {}
  [[nodiscard]] char* at() const { return at_; }

  void int16(std::uint16_t value) { put(__builtin_bswap16(value)); }
  void int32(std::uint32_t value) { put(__builtin_bswap32(value)); }
  void int64(std::uint64_t value) { put(__builtin_bswap64(value)); }
  void bytes(const void* data, std::size_t size) {
    std::memcpy(at_, data, size);
    at_ += size;
  }
  void text(std::string_view value) {
    int32(static_cast<std::uint32_t>(value.size()));
    bytes(value.data(), value.size());
  }
  void real(double value) {
    int32(8);
    int64(std::bit_cast<std::uint64_t>(value));
  }
  void boolean(bool value) {
    int32(1);
    *at_++ = value ? '\1' : '\0';
  }
  void null() { int32(UINT32_MAX); }

 private:
  template <class T>
  void put(T value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  char* at_;
};

/// PostgreSQL's inet: family (2 or 3), prefix length, not a cidr, number of bytes, address.
void writeAddress(RawWriter& writer, const HttpLogEntry& entry) {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!entry.hasAddress) {
    writer.null();
  } else if (std::equal(kMapped.begin(), kMapped.end(), entry.address.begin())) {
    writer.int32(8);
    writer.bytes("\2\40\0\4", 4);
    writer.bytes(entry.address.data() + 12, 4);
  } else {
    writer.int32(20);
    writer.bytes("\3\200\0\20", 4);
    writer.bytes(entry.address.data(), 16);
  }
}

void writeRow(RawWriter& writer, const Uuid& file, const HttpLogEntry& entry) {
  const Uuid id = logRowId(file, entry);
  writer.int16(kColumns);
  writer.int32(16);
  writer.bytes(id.bytes.data(), 16);
  writer.int32(8);
  writer.int64(static_cast<std::uint64_t>((entry.at.time_since_epoch().count() - kPostgresEpochMs) * 1000));
  writer.text(kLogServiceNames[static_cast<std::size_t>(entry.service)]);
  writeAddress(writer, entry);
  writer.text(entry.requestId);
  writer.text(entry.method);
  writer.text(entry.url);
  writer.text(entry.route);
  writer.int32(2);
  writer.int16(entry.status);
  writer.boolean(entry.rateLimited);
  writer.boolean(entry.honeypot);
  writer.boolean(entry.crossSite);
  writer.boolean(entry.repaired);
  writer.text(entry.userAgent);
  writer.real(static_cast<double>(entry.gatewayUs) / 1000);
  if (entry.backendUs < 0) {
    writer.null();
  } else {
    writer.real(static_cast<double>(entry.backendUs) / 1000);
  }
  if (entry.userId.empty()) {
    writer.null();
  } else {
    writer.text(entry.userId);
  }
  writer.int32(8);
  writer.int64(entry.bytesSent);
}

std::size_t roomFor(const HttpLogEntry& entry) {
  return kFixedBytes + entry.requestId.size() + entry.method.size() + entry.url.size() + entry.route.size() +
         entry.userAgent.size() + entry.userId.size();
}

}  // namespace

std::string_view LogRowEncoder::next() {
  constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  constexpr std::size_t kTrailer = 2;
  if (ended_) {
    return {};
  }
  const auto& entries = batch_.entries;
  std::size_t room = kHeader.size() + kTrailer;
  auto end = at_;
  while (end < entries.size() && (end == at_ || room < kPiece)) {
    room += roomFor(entries[end++]);
  }
  if (buffer_.size() < room) {
    buffer_.resize(room);
  }
  RawWriter writer(buffer_.data());
  if (at_ == 0) {
    writer.bytes(kHeader.data(), kHeader.size());
  }
  for (; at_ < end; ++at_) {
    writeRow(writer, batch_.before.id, entries[at_]);
  }
  ended_ = at_ == entries.size();
  if (ended_) {
    writer.int16(UINT16_MAX);
  }
  return std::string_view(buffer_).substr(0, static_cast<std::size_t>(writer.at() - buffer_.data()));
}

}  // namespace ks
