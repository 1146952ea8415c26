#include "http/routes/monitoring/verificationRoute.hpp"
#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

struct VerifyHourInput {
  TimePoint hour;
};

const ObjectSchema<VerifyHourInput>& verifyHourSchema() {
  static const auto schema =
      ObjectSchema<VerifyHourInput>("VerifyHour").field("hour", &VerifyHourInput::hour);
  return schema;
}

const ObjectSchema<HourVerification>& hourVerificationSchema() {
  static const auto difference = ObjectSchema<RollupDifference>("RollupDifference")
                                     .field("start", &RollupDifference::start)
                                     .field("service", &RollupDifference::service)
                                     .field("route", &RollupDifference::route)
                                     .field("figure", &RollupDifference::figure)
                                     .field("rollup", &RollupDifference::rollup)
                                     .field("raw", &RollupDifference::raw);
  static const auto schema = ObjectSchema<HourVerification>("HourVerification")
                                 .field("hour", &HourVerification::hour)
                                 .field("requests", &HourVerification::requests)
                                 .field("hour_rows", &HourVerification::hourRows)
                                 .field("minute_rows", &HourVerification::minuteRows)
                                 .field("worst_p95_error", &HourVerification::worstP95Error)
                                 .field("worst_unique_error", &HourVerification::worstUniqueError)
                                 .field("differences", &HourVerification::differences)
                                 .field("examples", &HourVerification::examples, difference);
  return schema;
}

Fault hourFault(ErrorCode code, std::string message) {
  auto fault = makeFault(code);
  fault.field = "hour";
  fault.message = std::move(message);
  return fault;
}

}  // namespace

void addVerificationRoute(RouteTable& routes, const VerificationRouteConfig& config) {
  auto spec = controlSpec(HttpMethod::get, "/control/monitoring/verify", "controlVerifyHour",
                          "Recompute one hour's rollups from the raw rows");
  spec.deadline = kVerificationDeadline;
  routes.add(std::move(spec), queryInput(verifyHourSchema()),
             {output(200, "What was compared", hourVerificationSchema())},
             [config](const RequestCall<NoInput, VerifyHourInput>& call) -> HttpResponse {
               const auto hour = call.query.hour;
               if (hour != std::chrono::floor<std::chrono::hours>(hour)) {
                 return hourFault(ErrorCode::invalidFormat, "hour must be the beginning of an hour");
               }
               const auto now = config.monitoring.clock.now();
               const auto days = config.retentionDays();
               const auto oldest = std::chrono::floor<std::chrono::days>(now) - std::chrono::days{days};
               if (hour > now || hour < oldest) {
                 return hourFault(ErrorCode::outOfRange, "raw rows are kept for " + std::to_string(days) +
                                                             " days, and there are none of the future");
               }
               auto verified =
                   askMonitoring<HourVerification>(config.monitoring, call.context, VerifyHour{hour});
               return verified ? HttpResponse::json(200, hourVerificationSchema(), verified.value())
                               : HttpResponse(verified.fault());
             });
}

}  // namespace ks
