#include "apps/cli/view/statusView.hpp"

#include <algorithm>
#include <array>

#include "apps/cli/view/textTable.hpp"

namespace ks::cli {
namespace {

// From good to bad.
constexpr std::array<std::string_view, 5> kStatuses{"healthy", "degraded", "draining", "unhealthy",
                                                    "unreachable"};

Tone statusTone(std::string_view status) {
  return status == "healthy"                            ? Tone::good
         : status == "degraded" || status == "draining" ? Tone::warning
                                                        : Tone::bad;
}

std::string renderChecks(const Json& body, const ConsoleStyle& style) {
  TextTable table({{""}, {""}, {"", true}, {""}});
  for (const auto& check : listOf(body, "checks")) {
    const bool up = flagOf(check, "up");
    const bool required = flagOf(check, "required");
    const Tone tone = up ? Tone::good : required ? Tone::bad : Tone::warning;
    std::string remark = up ? "" : shortened(textOf(check, "error"), 80);
    if (!up && !required) {
      remark += remark.empty() ? "optional for a while" : " (optional for a while)";
    }
    table.add({{textOf(check, "name")},
               {up ? "up" : "down", tone},
               {formatNumber(numberOf(check, "latency_ms")) + " ms"},
               {remark}});
  }
  return table.render(style, "  ");
}

std::string renderLoad(const Json& body, const ConsoleStyle& style) {
  TextTable table({{""}, {""}});
  table.add({{"requests"},
             {countOf(body, "requests_in_flight") + " in flight, " + countOf(body, "requests_rejected") +
              " rejected, " + countOf(body, "connections") + " connections"}});
  table.add(
      {{"actors"}, {countOf(body, "actors") + ", " + countOf(body, "messages_queued") + " messages queued"}});
  const bool dropped = numberOf(body, "log_lines_dropped") > 0;
  table.add(
      {{"log lines"},
       {countOf(body, "log_lines_waiting") + " waiting, " + countOf(body, "log_lines_dropped") + " dropped",
        dropped ? Tone::warning : Tone::plain}});
  table.add({{"memory"},
             {formatBytes(numberOf(body, "resident_kib") * 1024) + ", " + countOf(body, "cached_tokens") +
              " tokens cached"}});
  return table.render(style, "  ");
}

std::string renderCollector(const Json& body, const ConsoleStyle& style) {
  const auto collector = body.find("collector");
  if (collector == body.end() || !collector->is_object()) {
    return {};
  }
  TextTable table({{""}, {""}});
  const double lag = numberOf(*collector, "lag_s");
  table.add({{"collector"},
             {formatNumber(lag) + " s (" + formatBytes(numberOf(*collector, "lag_bytes")) + ") behind, " +
                  countOf(*collector, "lines") + " lines read, " + countOf(*collector, "bad_lines") + " bad",
              lag > 10 ? Tone::warning : Tone::plain}});
  for (const auto& file : listOf(*collector, "files")) {
    table.add(
        {{""},
         {textOf(file, "path") + ": " + textOf(file, "state") + ", " +
          formatBytes(numberOf(file, "lag_bytes")) + " of " + textOf(file, "source") + " lines to read"}});
  }
  if (const auto error = textOf(*collector, "last_error"); !error.empty()) {
    table.add({{""}, {"last error: " + shortened(error, 100), Tone::warning}});
  }
  return table.render(style, "  ");
}

std::string statusOf(const ProcessAnswer& answer) {
  if (!answer.reachable) {
    return std::string(kStatuses.back());
  }
  const std::string status = textOf(answer.body, "status");
  return std::find(kStatuses.begin(), kStatuses.end(), status) == kStatuses.end() ? "unhealthy" : status;
}

}  // namespace

std::string overallStatus(const std::vector<ProcessAnswer>& answers) {
  std::size_t worst = 0;
  for (const auto& answer : answers) {
    const auto place = std::find(kStatuses.begin(), kStatuses.end(), statusOf(answer));
    worst = std::max(worst, static_cast<std::size_t>(place - kStatuses.begin()));
  }
  return std::string(kStatuses[worst]);
}

std::string renderStatus(const std::vector<ProcessAnswer>& answers, const ConsoleStyle& style) {
  std::string out;
  for (const auto& answer : answers) {
    const std::string status = statusOf(answer);
    out += out.empty() ? "" : "\n";
    out += style.paint(Tone::strong, "k-" + answer.process) + "  " + style.paint(statusTone(status), status);
    if (!answer.reachable) {
      out += "\n  " + printable(answer.problem) + "\n";
      continue;
    }
    out += "  version " + textOf(answer.body, "version") + ", up " +
           formatDuration(static_cast<long long>(numberOf(answer.body, "uptime_s"))) + ", process " +
           countOf(answer.body, "pid") + "\n";
    out += renderChecks(answer.body, style) + renderLoad(answer.body, style) +
           renderCollector(answer.body, style);
  }
  return out;
}

std::string renderBankSimulator(const Json& simulator, const ConsoleStyle& style) {
  if (!simulator.is_object()) {
    return {};
  }
  const bool reachable = flagOf(simulator, "reachable");
  std::string out = "\n" + style.paint(Tone::strong, "simulated bank") + "  " +
                    style.paint(reachable ? Tone::good : Tone::bad, reachable ? "reachable" : "unreachable") +
                    "  " + printable(textOf(simulator, "url"));
  if (reachable) {
    out += ", " + countOf(simulator, "accounts") + " accounts, " + countOf(simulator, "qrs") + " codes, " +
           countOf(simulator, "credits") + " payments, " + countOf(simulator, "faults") + " rules for faults";
  }
  return out + "\n";
}

Json statusJson(const std::vector<ProcessAnswer>& answers) {
  Json result = jsonAnswer("status");
  result["status"] = overallStatus(answers);
  result["processes"] = Json::array();
  for (const auto& answer : answers) {
    Json entry = reachabilityOf(answer);
    for (const auto& [name, value] : answer.body.items()) {
      entry[name] = value;
    }
    result["processes"].push_back(std::move(entry));
  }
  return result;
}

}  // namespace ks::cli
