#pragma once
#include "core/result.hpp"
#include "messages/monitoring/hourVerification.hpp"
#include "messages/monitoring/requestLogMessages.hpp"

namespace ks {

/// Single requests as the gateway logged them. Reads raw rows: bounded by range and limit, and by the
/// connection's timeout. Calls, threads and faults as in MonitoringRepositoryInterface.
class RequestLogRepositoryInterface {
 public:
  virtual ~RequestLogRepositoryInterface() = default;

  /// Newest first.
  virtual void list(RequestLogQuery query, Reply<RequestLogPage> reply) = 0;
  /// Recomputes an hour from the raw rows and compares every rollup row.
  virtual void verify(VerifyHour hour, Reply<HourVerification> reply) = 0;
};

}  // namespace ks
