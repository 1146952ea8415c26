#include "apps/cli/command/reconciliationCommand.hpp"

#include <ostream>

#include "apps/cli/command/paymentView.hpp"
#include "apps/cli/exitCode.hpp"

namespace ks::cli {
namespace {

constexpr const char* kRuns = "/control/payments/reconciliation/runs";
constexpr const char* kItems = "/control/payments/reconciliation/items";
constexpr std::chrono::seconds kReconcileWait{120};

const AdminList kDifferences{"items",
                             {{"CREATED"},
                              {"CLASS"},
                              {"STATUS"},
                              {"AT BANK", true},
                              {"BOOKED", true},
                              {"REFERENCE"},
                              {"PAYMENT"},
                              {"ID"}},
                             [](const Json& item) {
                               return std::vector{textOf(item, "created_at"), textOf(item, "class"),
                                                  textOf(item, "status"),     moneyText(item, "at_bank"),
                                                  moneyText(item, "booked"),  textOf(item, "reference"),
                                                  textOf(item, "payment_id"), textOf(item, "id")};
                             },
                             "No difference is open.\n"};

std::string runSummary(const Json& run) {
  const auto counts = run.value("counts", Json::object());
  return textOf(run, "from") + " to " + textOf(run, "to") + ": " + countOf(counts, "credits") +
         " payments at the bank, " + countOf(counts, "matched") + " of them booked, " +
         countOf(counts, "healed") + " healed; " + countOf(counts, "items") + " differences to look at";
}

/// Why a run is no comparison, or nothing.
std::string whyNotCompared(const Json& run, std::chrono::seconds waited) {
  const auto status = textOf(run, "status");
  const auto error = textOf(run, "error");
  if (status == "done") {
    return {};
  }
  if (status == "failed") {
    return "the bank's report could not be read: " + error;
  }
  return "the run " + textOf(run, "id") + " has not ended within " + std::to_string(waited.count()) +
         " s and goes on" + (error.empty() ? "" : "; its last try: " + error) +
         ". It needs a k-public with K_BRI_URL: kctl status";
}

}  // namespace

int reconcilePayments(const CommandLine& line, CliContext& context) {
  const auto wait = waitOption(line, context, kReconcileWait);
  if (!wait) {
    return kUsage;
  }
  Json request = Json::object();
  if (line.has("--day")) {
    request["day"] = line.value("--day");
  }
  int status = kOk;
  const auto planned = askAdmin(context, "POST", kRuns, request.dump(), status);
  if (!planned) {
    return status;
  }
  const auto run = askUntil(
      context, std::string(kRuns) + "/" + pathSegment(textOf(*planned, "id")), *wait,
      [](const Json& now) { return textOf(now, "status") == "done" || textOf(now, "status") == "failed"; },
      status);
  const auto open = run ? askAdmin(context, "GET", std::string(kItems) + "?status=open&limit=200", {}, status)
                        : std::nullopt;
  if (!open) {
    return status;
  }
  const auto problem = whyNotCompared(*run, *wait);
  const auto& items = listOf(*open, "data");
  if (line.json()) {
    printAction(line, context, {{"run", *run}, {kDifferences.name, items}});
  } else {
    context.out << printable(runSummary(*run)) << "\n";
    printTable(context, kDifferences, items);
  }
  if (!problem.empty()) {
    complain(context, printable(problem));
  }
  return problem.empty() && items.empty() ? kOk : kDegraded;
}

int showReconciliationItems(const CommandLine& line, CliContext& context) {
  auto list = kDifferences;
  list.whenEmpty = "No difference matches.\n";
  return showPage(
      line, context,
      pageQuery(line, kItems,
                {{"--status", "status"}, {"--class", "class"}, {"--run", "run_id"}, {"--cursor", "cursor"}}),
      list);
}

}  // namespace ks::cli
