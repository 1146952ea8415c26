#pragma once
#include "core/uuid.hpp"
#include "messages/monitoring/collectorRecords.hpp"

namespace ks {

/// The id of a log line's row: version 7 with the line's own time; the rest is a hash of file and offset, so
/// that the same line gets the same id whenever it is read.
[[nodiscard]] Uuid logRowId(const Uuid& fileId, const HttpLogEntry& entry);

}  // namespace ks
