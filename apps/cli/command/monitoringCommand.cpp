#include <algorithm>
#include <chrono>
#include <optional>
#include <ostream>

#include "apps/cli/commands.hpp"
#include "apps/cli/controlClient.hpp"
#include "apps/cli/processQuery.hpp"
#include "apps/cli/view/textTable.hpp"
#include "core/clockInterface.hpp"
#include "core/text/timeText.hpp"

namespace ks::cli {
namespace {

// k-admin ends a comparison after 60 s.
constexpr std::chrono::seconds kComparisonPatience{65};

/// The hours to compare, the oldest first; nothing when the options are wrong.
std::optional<std::vector<TimePoint>> chosenHours(const CommandLine& line, const CliContext& context) {
  using std::chrono::hours;
  if (line.has("--hour")) {
    const auto hour = parseTime(line.value("--hour"));
    if (!hour || *hour != std::chrono::floor<hours>(*hour) || line.has("--range")) {
      complain(context, "--hour takes the beginning of an hour, as 2026-11-21T10:00:00Z, and no --range");
      return std::nullopt;
    }
    return std::vector<TimePoint>{*hour};
  }
  const std::string range = line.value("--range", "24h");
  const hours length = range == "1h"   ? hours{1}
                       : range == "6h" ? hours{6}
                       : range == "7d" ? hours{168}
                                       : hours{24};
  const TimePoint end = std::chrono::floor<hours>(SystemClock().now());
  std::vector<TimePoint> chosen;
  for (auto hour = end - length; hour < end; hour += hours{1}) {
    chosen.push_back(hour);
  }
  return chosen;
}

std::string percentText(double fraction) { return formatNumber(fraction * 100) + " %"; }

/// A number with all its digits.
std::string exactText(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? found->dump() : "?";
}

void printDifferences(const CliContext& context, const Json& hour) {
  TextTable table({{"time"}, {"service"}, {"route"}, {"figure"}, {"rollup", true}, {"rows say", true}});
  for (const auto& one : listOf(hour, "examples")) {
    table.add({{textOf(one, "start")},
               {textOf(one, "service")},
               {textOf(one, "route")},
               {textOf(one, "figure")},
               {exactText(one, "rollup")},
               {exactText(one, "raw")}});
  }
  context.out << table.render(context.style, "  ");
}

/// Sums over the hours, for a person and for `--json`.
struct VerificationTotals {
  double requests = 0;
  double rows = 0;
  double differences = 0;
  double worstP95Error = 0;
  double worstUniqueError = 0;

  void add(const Json& hour) {
    requests += numberOf(hour, "requests");
    rows += numberOf(hour, "hour_rows") + numberOf(hour, "minute_rows");
    differences += numberOf(hour, "differences");
    worstP95Error = std::max(worstP95Error, numberOf(hour, "worst_p95_error"));
    worstUniqueError = std::max(worstUniqueError, numberOf(hour, "worst_unique_error"));
  }
};

void printTotals(const CliContext& context, std::size_t hours, const VerificationTotals& totals) {
  context.out << hours << " hours, " << static_cast<std::uint64_t>(totals.requests) << " requests, "
              << static_cast<std::uint64_t>(totals.rows) << " rollup rows: "
              << (totals.differences == 0
                      ? std::string{"every count equal"}
                      : std::to_string(static_cast<std::uint64_t>(totals.differences)) + " figures differ")
              << "; largest error of p95 " << percentText(totals.worstP95Error)
              << " (bound 1 %), of unique addresses " << percentText(totals.worstUniqueError)
              << " (bound 2 %)\n";
}

}  // namespace

int runMonitoring(const CommandLine& line, CliContext& context) {
  const auto hours = chosenHours(line, context);
  if (!hours) {
    return kUsage;
  }
  const auto socket = context.controlSocket("admin");
  if (!socket) {
    return kUnreachable;
  }
  VerificationTotals totals;
  Json answer = jsonAnswer("monitoring");
  answer["action"] = "verify";
  answer["hours"] = Json::array();
  for (const auto hour : *hours) {
    const auto reply = askProcess(*socket, "GET", "/control/monitoring/verify?hour=" + formatTime(hour), "",
                                  kComparisonPatience);
    if (reply.status == 0) {
      complain(context, unreachableText("admin", *socket, reply.error));
      return kUnreachable;
    }
    const Json body = Json::parse(reply.body, nullptr, false);
    if (reply.status != 200 || !body.is_object()) {
      complain(context, formatTime(hour) + ": " + refusalText(body, reply.status));
      return kDegraded;
    }
    totals.add(body);
    answer["hours"].push_back(body);
    if (!line.json() && numberOf(body, "differences") > 0) {
      context.out << formatTime(hour) << ": " << countOf(body, "differences") << " figures differ\n";
      printDifferences(context, body);
    }
  }
  if (line.json()) {
    answer["differences"] = static_cast<std::uint64_t>(totals.differences);
    answer["worst_p95_error"] = totals.worstP95Error;
    answer["worst_unique_error"] = totals.worstUniqueError;
    printJson(context.out, answer);
  } else {
    printTotals(context, hours->size(), totals);
  }
  return totals.differences == 0 ? kOk : kDegraded;
}

}  // namespace ks::cli
