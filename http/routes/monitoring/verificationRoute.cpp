#include "http/routes/monitoring/verificationRoute.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

struct VerifyHourInput {
  TimePoint hour;
};

ObjectSchema<VerifyHourInput> schemaFor(Of<VerifyHourInput> /*of*/) {
  return ObjectSchema<VerifyHourInput>("VerifyHour").field("hour", &VerifyHourInput::hour);
}

}  // namespace

ObjectSchema<RollupDifference> schemaFor(Of<RollupDifference> /*of*/) {
  return ObjectSchema<RollupDifference>("RollupDifference")
      .field("start", &RollupDifference::start)
      .field("service", &RollupDifference::service)
      .field("route", &RollupDifference::route)
      .field("figure", &RollupDifference::figure)
      .field("rollup", &RollupDifference::rollup)
      .field("raw", &RollupDifference::raw);
}

ObjectSchema<HourVerification> schemaFor(Of<HourVerification> /*of*/) {
  return ObjectSchema<HourVerification>("HourVerification")
      .field("hour", &HourVerification::hour)
      .field("requests", &HourVerification::requests)
      .field("hour_rows", &HourVerification::hourRows)
      .field("minute_rows", &HourVerification::minuteRows)
      .field("worst_p95_error", &HourVerification::worstP95Error)
      .field("worst_unique_error", &HourVerification::worstUniqueError)
      .field("differences", &HourVerification::differences)
      .field("examples", &HourVerification::examples);
}

void addVerificationRoute(RouteTable& routes, const VerificationRouteConfig& config) {
  auto spec = controlSpec(HttpMethod::get, "/control/monitoring/verify", "controlVerifyHour",
                          "Recompute the rollups of one hour from the raw rows");
  spec.deadline = kVerificationDeadline;
  routes.add(std::move(spec), ok("What was compared"), [config](const QueryCall<VerifyHourInput>& call) {
    const auto hour = call.query.hour;
    if (hour != std::chrono::floor<std::chrono::hours>(hour)) {
      throw FaultAnswer{fieldFault(ErrorCode::invalidFormat, "hour", "hour must be the start of an hour")};
    }
    const auto now = config.monitoring.clock.now();
    const auto days = config.retentionDays();
    const auto oldest = std::chrono::floor<std::chrono::days>(now) - std::chrono::days{days};
    if (hour > now || hour < oldest) {
      throw FaultAnswer{
          fieldFault(ErrorCode::outOfRange, "hour",
                     "raw rows are kept for " + std::to_string(days) + " days, and not for the future")};
    }
    return call.askStorage(config.monitoring.storage(), VerifyHour{hour});
  });
}

}  // namespace ks
