#include <algorithm>
#include <optional>
#include <ostream>
#include <utility>

#include "apps/cli/bankSimulator.hpp"
#include "apps/cli/command/paymentView.hpp"
#include "apps/cli/command/reconciliationCommand.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/controlClient.hpp"
#include "core/uuid.hpp"

namespace ks::cli {
namespace {

/// The bank tells the service before it answers, and may have to repeat that.
constexpr std::chrono::seconds kSimulatorPatience{30};
constexpr std::chrono::seconds kSyncWait{10};

std::string paymentTarget(const CommandLine& line) {
  return "/control/payments/" + pathSegment(line.argument);
}

const AdminList kPayments{"payments",
                          {{"CREATED"}, {"STATUS"}, {"METHOD"}, {"AMOUNT", true}, {"REFERENCE"}, {"ID"}},
                          [](const Json& payment) {
                            return std::vector{textOf(payment, "created_at"),   textOf(payment, "status"),
                                               textOf(payment, "method"),       moneyText(payment, "amount"),
                                               textOf(payment, "merchant_ref"), textOf(payment, "id")};
                          },
                          "No payment matches.\n"};

const AdminList kPaymentEvents{"events",
                               {{"AT"}, {"EVENT"}, {"STATUS"}, {"BY"}, {"DETAIL"}},
                               [](const Json& event) {
                                 return std::vector{textOf(event, "at"), textOf(event, "type"),
                                                    textOf(event, "to"), textOf(event, "actor"),
                                                    textOf(event, "detail")};
                               },
                               "Nothing has happened.\n"};

const AdminList kRefunds{"refunds",
                         {{"CREATED"}, {"STATUS"}, {"MODE"}, {"AMOUNT", true}, {"PAYMENT"}, {"ID"}},
                         [](const Json& refund) {
                           return std::vector{textOf(refund, "created_at"), textOf(refund, "status"),
                                              textOf(refund, "mode"),       moneyText(refund, "amount"),
                                              textOf(refund, "payment_id"), textOf(refund, "id")};
                         },
                         "No refund matches.\n"};

const AdminList kLedgerAccounts{
    "accounts",
    {{"ACCOUNT"}, {"KIND"}, {"DEBIT", true}, {"CREDIT", true}, {"ENTRIES", true}},
    [](const Json& account) {
      return std::vector{textOf(account, "code"), textOf(account, "kind"), moneyText(account, "debit"),
                         moneyText(account, "credit"), countOf(account, "entries")};
    },
    "There are no accounts.\n"};

const AdminList kLedgerEntries{
    "entries",
    {{"AT"}, {"TRANSACTION", true}, {"KIND"}, {"ACCOUNT"}, {"DEBIT", true}, {"CREDIT", true}, {"PAYMENT"}},
    [](const Json& entry) {
      return std::vector{textOf(entry, "at"),        countOf(entry, "transaction_id"),
                         textOf(entry, "kind"),      textOf(entry, "account"),
                         moneyText(entry, "debit"),  moneyText(entry, "credit"),
                         textOf(entry, "payment_id")};
    },
    "Nothing is booked.\n"};

/// A payment with its history. `more`: fields of the JSON answer besides.
int printPayment(const CommandLine& line, CliContext& context, const Json& payment,
                 const Json& more = Json::object()) {
  int status = kOk;
  const auto events = askAdmin(context, "GET", paymentTarget(line) + "/events", {}, status);
  if (!events) {
    return status;
  }
  const auto& history = listOf(*events, "data");
  if (line.json()) {
    Json fields{{"payment", payment}, {kPaymentEvents.name, history}};
    fields.update(more);
    printAction(line, context, fields);
    return kOk;
  }
  printRecord(context, payment);
  context.out << "\n";
  printTable(context, kPaymentEvents, history);
  return kOk;
}

int showPayment(const CommandLine& line, CliContext& context) {
  int status = kOk;
  const auto payment = askAdmin(context, "GET", paymentTarget(line), {}, status);
  return payment ? printPayment(line, context, *payment) : status;
}

/// Has the bank asked, and waits a moment for what comes of it.
int syncPayment(const CommandLine& line, CliContext& context) {
  const auto wait = waitOption(line, context, kSyncWait);
  if (!wait) {
    return kUsage;
  }
  int status = kOk;
  const auto before = askAdmin(context, "POST", paymentTarget(line) + "/sync", {}, status);
  if (!before) {
    return status;
  }
  const auto changed = [&before](const Json& now) {
    return numberOf(now, "version") != numberOf(*before, "version") ||
           textOf(now, "status") != textOf(*before, "status");
  };
  const auto payment = askUntil(context, paymentTarget(line), *wait, changed, status);
  if (!payment) {
    return status;
  }
  const bool moved = changed(*payment);
  if (!moved && !line.json()) {
    context.err << "The bank is asked; within " << wait->count() << " s nothing has changed\n";
  }
  return printPayment(line, context, *payment, {{"changed", moved}});
}

int completeRefund(const CommandLine& line, CliContext& context) {
  if (!line.has("--reference")) {
    complain(context, "--reference is required: the bank's reference of the payout");
    return kUsage;
  }
  Json request;
  request["bank_reference"] = line.value("--reference");
  int status = kOk;
  const auto refund =
      askAdmin(context, "POST", "/control/payments/refunds/" + pathSegment(line.argument) + "/complete",
               request.dump(), status);
  if (!refund) {
    return status;
  }
  if (line.json()) {
    printAction(line, context, {{"refund", *refund}});
  } else {
    printRecord(context, *refund);
  }
  return kOk;
}

int showLedger(const CommandLine& line, CliContext& context) {
  if (line.has("--account") || line.has("--payment")) {
    return showPage(
        line, context,
        pageQuery(line, "/control/payments/ledger/entries",
                  {{"--account", "account"}, {"--payment", "payment_id"}, {"--cursor", "cursor"}}),
        kLedgerEntries);
  }
  int status = kOk;
  const auto ledger = askAdmin(context, "GET", "/control/payments/ledger/accounts", {}, status);
  if (!ledger) {
    return status;
  }
  const bool balanced = flagOf(*ledger, "balanced");
  const auto& accounts = listOf(*ledger, "accounts");
  if (line.json()) {
    printAction(line, context, {{"balanced", balanced}, {kLedgerAccounts.name, accounts}});
  } else {
    printTable(context, kLedgerAccounts, accounts);
    context.out << (balanced ? "balanced\n" : "NOT balanced: a transaction does not add up to zero\n");
  }
  return balanced ? kOk : kDegraded;
}

/// What the simulated bank is to be paid for: a virtual account, a QR code, or what a payment of ours has.
std::optional<Json> simulatorOrder(const CommandLine& line, CliContext& context, int& status) {
  Json order = Json::object();
  if (!Uuid::parse(line.argument)) {
    const bool account = line.argument.find_first_not_of("0123456789") == std::string::npos &&
                         line.argument.starts_with(context.settings.settings.briPartnerServiceId);
    order[account ? "va" : "qr"] = line.argument;
    return order;
  }
  const auto payment = askAdmin(context, "GET", paymentTarget(line), {}, status);
  if (!payment) {
    return std::nullopt;
  }
  if (const auto va = textOf(payment->value("va", Json::object()), "number"); !va.empty()) {
    order["va"] = va;
  } else if (const auto code = textOf(payment->value("qr", Json::object()), "content"); !code.empty()) {
    order["qr"] = code;
  } else {
    complain(context, "this payment is " + textOf(*payment, "status") +
                          ", and the bank has nothing that could be paid for it");
    status = kDegraded;
    return std::nullopt;
  }
  return order;
}

/// Where the simulator is; nothing, and the reason on `err`, where the bank may be a real one.
std::optional<UrlParts> simulatorUrl(CliContext& context) {
  if (context.settings.settings.isProduction()) {
    complain(context, "in production nothing is simulated");
    return std::nullopt;
  }
  const auto text = context.folder("K_BRI_URL", &Settings::briUrl);
  const auto url = bankSimulatorOf(context.settings.settings);
  if (text && !url) {
    complain(context, "K_BRI_URL is " + *text + ", not a simulator on this machine: http://127.0.0.1:PORT");
  }
  return text ? url : std::nullopt;
}

int simulatePayment(const CommandLine& line, CliContext& context) {
  const auto url = simulatorUrl(context);
  if (!url) {
    return kDegraded;
  }
  int status = kOk;
  auto order = simulatorOrder(line, context, status);
  if (!order) {
    return status;
  }
  if (line.has("--amount")) {
    (*order)["amount"] = line.value("--amount");
  }
  const auto reply = askLoopback(url->host, url->port, "/sim/pay", order->dump(), kSimulatorPatience);
  if (reply.status == 0) {
    complain(context, "the simulated bank does not answer at " + context.settings.settings.briUrl + ": " +
                          reply.error + ". Start it: ./k up");
    return kUnreachable;
  }
  const auto answer = Json::parse(reply.body, nullptr, false);
  const auto credit = answer.is_object() ? answer.value("credit", Json()) : Json();
  if (reply.status != 200 || !credit.is_object()) {
    const auto error = answer.is_object() ? answer.value("error", Json::object()) : Json::object();
    complain(context, "the simulated bank refuses: " + textOf(error, "message") + " (" +
                          textOf(error, "code") + ", status " + std::to_string(reply.status) + ")");
    return kDegraded;
  }
  const auto result = textOf(answer, "result");
  if (line.json()) {
    printAction(line, context, {{"result", result}, {"credit", credit}});
  } else {
    context.out << "The simulated bank took " << textOf(credit, "amount")
                << " and told the service: " << result << "\n";
  }
  return result == "accepted" ? kOk : kDegraded;
}

}  // namespace

int runPayments(const CommandLine& line, CliContext& context) {
  if (line.action == "list") {
    return showPage(line, context,
                    pageQuery(line, "/control/payments",
                              {{"--status", "status"},
                               {"--method", "method"},
                               {"--user", "user_id"},
                               {"--by", "created_by"},
                               {"--ref", "merchant_ref"},
                               {"--from", "from"},
                               {"--to", "to"},
                               {"--cursor", "cursor"}}),
                    kPayments);
  }
  if (line.action == "refunds") {
    return showPage(line, context,
                    pageQuery(line, "/control/payments/refunds",
                              {{"--status", "status"},
                               {"--mode", "mode"},
                               {"--payment", "payment_id"},
                               {"--cursor", "cursor"}}),
                    kRefunds);
  }
  return line.action == "show"        ? showPayment(line, context)
         : line.action == "sync"      ? syncPayment(line, context)
         : line.action == "ledger"    ? showLedger(line, context)
         : line.action == "complete"  ? completeRefund(line, context)
         : line.action == "reconcile" ? reconcilePayments(line, context)
         : line.action == "items"     ? showReconciliationItems(line, context)
                                      : simulatePayment(line, context);
}

}  // namespace ks::cli
