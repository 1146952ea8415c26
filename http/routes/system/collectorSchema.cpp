#include "http/routes/system/collectorSchema.hpp"

namespace ks {

ObjectSchema<CollectorFile> schemaFor(Of<CollectorFile> /*of*/) {
  return ObjectSchema<CollectorFile>("CollectorFile", "A log file that is followed")
      .field("path", &CollectorFile::path)
      .field("source", &CollectorFile::source)
      .field("offset", &CollectorFile::offset)
      .field("size", &CollectorFile::size)
      .field("lag_bytes", &CollectorFile::lagBytes)
      .field("lag_s", &CollectorFile::lagS)
      .field("lines", &CollectorFile::lines)
      .field("bad_lines", &CollectorFile::badLines)
      .field("oversized_lines", &CollectorFile::oversizedLines)
      .field("state", &CollectorFile::state)
      .field("last_error", &CollectorFile::lastError);
}

ObjectSchema<CollectorStatus> schemaFor(Of<CollectorStatus> /*of*/) {
  return ObjectSchema<CollectorStatus>("CollectorStatus", "Progress of reading the gateway's logs")
      .field("files", &CollectorStatus::files)
      .field("lag_bytes", &CollectorStatus::lagBytes)
      .field("lag_s", &CollectorStatus::lagS)
      .field("lines", &CollectorStatus::lines)
      .field("bad_lines", &CollectorStatus::badLines)
      .field("oversized_lines", &CollectorStatus::oversizedLines)
      .field("last_batch_at", &CollectorStatus::lastBatchAt, rules().orNull())
      .field("last_error", &CollectorStatus::lastError);
}

}  // namespace ks
