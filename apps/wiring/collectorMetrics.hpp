#pragma once
#include "core/result.hpp"
#include "core/text/prometheusText.hpp"
#include "messages/monitoring/collectorStatus.hpp"

namespace ks {

/// How far the gateway's logs have been read. A fault (the database is unavailable)
/// gives only `k_collector_known 0`.
void appendCollectorMetrics(PrometheusText& out, const Result<CollectorStatus>& collector);

}  // namespace ks
