#include "http/routing/listAnswer.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text/utf8.hpp"

namespace ks {
namespace {

struct MediaRange {
  std::string type;
  double quality = 1;
};

/// Cuts `text` at the next `separator`; gives the part before it without spaces around it.
std::string_view takePart(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  const auto first = part.find_first_not_of(" \t");
  const auto last = part.find_last_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{} : part.substr(first, last - first + 1);
}

MediaRange readRange(std::string_view text) {
  MediaRange range{lowerAscii(takePart(text, ';'))};
  while (!text.empty()) {
    const auto parameter = lowerAscii(takePart(text, ';'));
    if (parameter.starts_with("q=")) {
      const auto* const end = parameter.data() + parameter.size();
      if (std::from_chars(parameter.data() + 2, end, range.quality).ec != std::errc{}) {
        range.quality = 0;
      }
    }
  }
  return range;
}

/// The quality of the most specific range that covers the type.
double qualityOf(const std::vector<MediaRange>& ranges, std::array<std::string_view, 3> exactFirst) {
  for (const auto name : exactFirst) {
    for (const auto& range : ranges) {
      if (range.type == name) {
        return range.quality;
      }
    }
  }
  return 0;
}

}  // namespace

bool prefersCsv(std::string_view accept) {
  constexpr std::size_t kMostRanges = 32;
  std::vector<MediaRange> ranges;
  while (!accept.empty() && ranges.size() < kMostRanges) {
    ranges.push_back(readRange(takePart(accept, ',')));
  }
  return qualityOf(ranges, {"text/csv", "text/*", "*/*"}) >
         qualityOf(ranges, {"application/json", "application/*", "*/*"});
}

ObjectSchema<PageOutput> schemaFor(Of<PageOutput> /*of*/) {
  return ObjectSchema<PageOutput>("Page", "Where the list goes on")
      .field("next_cursor", &PageOutput::nextCursor, rules().orNull().describe("null: there is no more"))
      .field("has_more", &PageOutput::hasMore)
      .field("limit", &PageOutput::limit, rules().describe("rows of a page at the most"))
      .field("total", &PageOutput::total, rules().describe("if a count was requested"));
}

}  // namespace ks
