#pragma once
#include <string>

#include "core/result.hpp"
#include "messages/monitoring/collectorStatus.hpp"

namespace ks {

/// How far the gateway's logs have been read, in Prometheus' text format. A fault (the database is away)
/// gives only `k_collector_known 0`.
void appendCollectorMetrics(std::string& out, const Result<CollectorStatus>& collector);

}  // namespace ks
