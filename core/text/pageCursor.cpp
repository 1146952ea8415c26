#include "core/text/pageCursor.hpp"

#include "core/contentHash.hpp"
#include "core/text/base64url.hpp"

namespace ks {
namespace {

constexpr std::size_t kWordBytes = 8;

void appendWord(Bytes& out, std::uint64_t word) {
  for (std::size_t i = 0; i < kWordBytes; ++i) {
    out.push_back(static_cast<std::uint8_t>(word >> (8 * (kWordBytes - 1 - i))));
  }
}

std::uint64_t wordAt(const Bytes& bytes, std::size_t at) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < kWordBytes; ++i) {
    word = word << 8U | bytes[at + i];
  }
  return word;
}

std::uint64_t checkOf(std::string_view list, const PageCursor& cursor) {
  return contentHash(cursor.key,
                     contentHash(list, static_cast<std::uint64_t>(cursor.at.time_since_epoch().count())));
}

}  // namespace

std::string writePageCursor(std::string_view list, const PageCursor& cursor) {
  Bytes bytes;
  appendWord(bytes, checkOf(list, cursor));
  appendWord(bytes, static_cast<std::uint64_t>(cursor.at.time_since_epoch().count()));
  bytes.insert(bytes.end(), cursor.key.begin(), cursor.key.end());
  return base64UrlEncode(bytes);
}

std::optional<PageCursor> readPageCursor(std::string_view list, std::string_view text) {
  const auto bytes = text.size() <= kPageCursorCharacters ? base64UrlDecode(text) : std::nullopt;
  if (!bytes || bytes->size() < 2 * kWordBytes) {
    return std::nullopt;
  }
  PageCursor cursor;
  cursor.at = TimePoint{Milliseconds{static_cast<std::int64_t>(wordAt(*bytes, kWordBytes))}};
  cursor.key.assign(bytes->begin() + 2 * kWordBytes, bytes->end());
  if (wordAt(*bytes, 0) != checkOf(list, cursor)) {
    return std::nullopt;
  }
  return cursor;
}

}  // namespace ks
