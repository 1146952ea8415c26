#include "apps/cli/view/psView.hpp"

#include <algorithm>

#include "apps/cli/view/textTable.hpp"

namespace ks::cli {

std::vector<PsRow> psRows(const std::vector<ProcessAnswer>& answers, const std::string& sort) {
  std::vector<PsRow> rows;
  for (const auto& answer : answers) {
    for (const auto& actor : listOf(answer.body, "actors")) {
      if (actor.is_object()) {
        rows.push_back({answer.process, actor});
      }
    }
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return textOf(a.actor, "name") < textOf(b.actor, "name");
  });
  if (sort != "name") {
    std::stable_sort(rows.begin(), rows.end(), [&sort](const auto& a, const auto& b) {
      return numberOf(a.actor, sort.c_str()) > numberOf(b.actor, sort.c_str());
    });
  }
  return rows;
}

std::string renderPs(const std::vector<PsRow>& rows, const ConsoleStyle& style) {
  TextTable table({{"NAME"},
                   {"PROCESS"},
                   {"ID", true},
                   {"PARENT"},
                   {"STATE"},
                   {"MAILBOX", true},
                   {"HANDLED", true},
                   {"FAILED", true},
                   {"P50 MS", true},
                   {"P99 MS", true},
                   {"RESTARTS", true},
                   {"LAST ERROR"}});
  for (const auto& [process, actor] : rows) {
    const std::string state = textOf(actor, "state");
    const bool restarted = numberOf(actor, "restarts") > 0;
    table.add({{textOf(actor, "name")},
               {process},
               {countOf(actor, "id")},
               {textOf(actor, "parent"), Tone::faint},
               {state, state == "running" ? Tone::good : Tone::bad},
               {countOf(actor, "mailbox")},
               {countOf(actor, "handled")},
               {countOf(actor, "failed")},
               {formatNumber(numberOf(actor, "p50_ms"))},
               {formatNumber(numberOf(actor, "p99_ms"))},
               {countOf(actor, "restarts"), restarted ? Tone::warning : Tone::plain},
               {shortened(textOf(actor, "last_error"), 60), Tone::faint}});
  }
  return table.render(style);
}

std::string renderListeners(const std::vector<ProcessAnswer>& answers, const ConsoleStyle& style) {
  TextTable table({{"LISTENER"},
                   {"PROCESS"},
                   {"ADDRESS"},
                   {"CONNECTIONS", true},
                   {"STREAMS", true},
                   {"IN FLIGHT", true},
                   {"ANSWERED", true},
                   {"REFUSED", true},
                   {"SLOW", true}});
  bool any = false;
  for (const auto& answer : answers) {
    for (const auto& listener : listOf(answer.body, "listeners")) {
      any = true;
      table.add({{textOf(listener, "actor")},
                 {answer.process},
                 {textOf(listener, "address")},
                 {countOf(listener, "connections")},
                 {countOf(listener, "streams")},
                 {countOf(listener, "in_flight")},
                 {countOf(listener, "answered")},
                 {countOf(listener, "refused")},
                 {countOf(listener, "slow")}});
    }
  }
  return any ? "\n" + table.render(style) : std::string{};
}

Json psJson(const std::vector<ProcessAnswer>& answers, const std::vector<PsRow>& rows) {
  Json result = jsonAnswer("ps");
  result["processes"] = Json::array();
  for (const auto& answer : answers) {
    result["processes"].push_back(reachabilityOf(answer));
  }
  result["actors"] = Json::array();
  for (const auto& [process, actor] : rows) {
    Json entry;
    entry["process"] = process;
    for (const auto& [name, value] : actor.items()) {
      entry[name] = value;
    }
    result["actors"].push_back(std::move(entry));
  }
  result["listeners"] = Json::array();
  for (const auto& answer : answers) {
    for (const auto& listener : listOf(answer.body, "listeners")) {
      Json entry;
      entry["process"] = answer.process;
      for (const auto& [name, value] : listener.items()) {
        entry[name] = value;
      }
      result["listeners"].push_back(std::move(entry));
    }
  }
  return result;
}

bool allRunning(const std::vector<PsRow>& rows) {
  return std::all_of(rows.begin(), rows.end(),
                     [](const auto& row) { return textOf(row.actor, "state") == "running"; });
}

}  // namespace ks::cli
