#include <algorithm>
#include <optional>
#include <ostream>
#include <utility>

#include "apps/cli/command/adminList.hpp"
#include "apps/cli/commands.hpp"
#include "apps/cli/controlClient.hpp"
#include "core/text/url.hpp"
#include "core/uuid.hpp"

namespace ks::cli {
namespace {

/// The bank tells the service before it answers, and may have to repeat that.
constexpr std::chrono::seconds kSimulatorPatience{30};

/// `10000.00 IDR`; empty for null.
std::string moneyText(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_object()
             ? textOf(*found, "value") + " " + textOf(*found, "currency")
             : std::string{};
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

/// `PATH?limit=N` with the options that were given, each under its name in the query.
std::string queryOf(const CommandLine& line, const std::string& path,
                    std::initializer_list<std::pair<const char*, const char*>> names) {
  std::string target = path + "?limit=" + pathSegment(line.value("--limit", "50"));
  for (const auto& [option, name] : names) {
    if (const auto value = line.value(option); !value.empty()) {
      target.append("&").append(name).append("=").append(pathSegment(value));
    }
  }
  return target;
}

int showPage(const CommandLine& line, CliContext& context, const std::string& target, const AdminList& list) {
  int status = kOk;
  const auto answer = askAdmin(context, "GET", target, {}, status);
  if (!answer) {
    return status;
  }
  const auto page = answer->value("page", Json::object());
  if (line.json()) {
    printAction(line, context, {{list.name, listOf(*answer, "data")}, {"page", page}});
    return kOk;
  }
  printTable(context, list, listOf(*answer, "data"));
  if (flagOf(page, "has_more")) {
    context.out << "There are more: --cursor " << textOf(page, "next_cursor") << "\n";
  }
  return kOk;
}

int showPayment(const CommandLine& line, CliContext& context) {
  int status = kOk;
  const auto target = "/control/payments/" + pathSegment(line.argument);
  const auto payment = askAdmin(context, "GET", target, {}, status);
  const auto events = payment ? askAdmin(context, "GET", target + "/events", {}, status) : std::nullopt;
  if (!events) {
    return status;
  }
  const auto& history = listOf(*events, "data");
  if (line.json()) {
    printAction(line, context, {{"payment", *payment}, {kPaymentEvents.name, history}});
    return kOk;
  }
  TextTable table({{""}, {""}});
  for (const auto& [name, value] : payment->items()) {
    const auto money = moneyText(*payment, name.c_str());
    if (!value.is_null()) {
      table.add({{name},
                 {value.is_object() && value.contains("value") ? money
                  : value.is_string()                          ? printable(value.get<std::string>())
                                                               : printable(value.dump())}});
    }
  }
  context.out << table.render(context.style) << "\n";
  printTable(context, kPaymentEvents, history);
  return kOk;
}

int showLedger(const CommandLine& line, CliContext& context) {
  if (line.has("--account") || line.has("--payment")) {
    return showPage(line, context,
                    queryOf(line, "/control/payments/ledger/entries",
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
  const auto payment =
      askAdmin(context, "GET", "/control/payments/" + pathSegment(line.argument), {}, status);
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
  auto url = text ? parseUrl(*text) : std::nullopt;
  if (text && (!url || url->scheme != "http" || url->port == 0 || !isLoopbackHost(url->host))) {
    complain(context, "K_BRI_URL is " + *text + ", not a simulator on this machine: http://127.0.0.1:PORT");
    return std::nullopt;
  }
  return url;
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
                    queryOf(line, "/control/payments",
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
  return line.action == "show"     ? showPayment(line, context)
         : line.action == "ledger" ? showLedger(line, context)
                                   : simulatePayment(line, context);
}

}  // namespace ks::cli
