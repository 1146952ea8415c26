#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/text/utf8.hpp"
#include "monitoring/collector/logBatchParser.hpp"

/// For any bytes: every line is an entry or a bad line, and every text of an entry can be stored
/// (well-formed, no NUL, bounded).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ks::LogBatchParser parser;
  ks::IngestBatch batch;
  batch.text.assign(reinterpret_cast<const char*>(data), size);
  batch.text.append(ks::NginxLogParser::kPadding, '\0');
  parser.parse(batch, size, false);
  std::uint64_t lines = 0;
  for (std::size_t i = 0; i < size; ++i) {
    lines += data[i] == '\n' ? 1U : 0U;
  }
  lines += size > 0 && data[size - 1] != '\n' ? 1U : 0U;
  if (batch.entries.size() + batch.badLines != lines) {
    std::abort();
  }
  for (const auto& entry : batch.entries) {
    for (const auto text :
         {entry.requestId, entry.method, entry.url, entry.route, entry.userAgent, entry.userId}) {
      if (!ks::isUtf8(text) || text.find('\0') != std::string_view::npos || text.size() > 2048) {
        std::abort();
      }
    }
  }
  std::uint64_t total = 0;
  for (const auto& row : batch.hours) {
    total += row.service == ks::kAllServices ? row.counts.total : 0;
  }
  if (total != batch.entries.size()) {
    std::abort();
  }
  return 0;
}
