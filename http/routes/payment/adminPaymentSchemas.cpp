#include "http/routes/payment/adminPaymentSchemas.hpp"

#include <utility>

namespace ks {
namespace {

constexpr std::uint64_t kMinorOfUnit = 100;

std::string ledgerValue(const LedgerMoney& money) {
  const auto cents = money.minor % kMinorOfUnit;
  std::string text = std::to_string(money.minor / kMinorOfUnit);
  text.push_back('.');
  text.push_back(static_cast<char>('0' + cents / 10));
  text.push_back(static_cast<char>('0' + cents % 10));
  return text;
}

enum class LedgerSide : std::uint8_t { debit, credit };

std::optional<LedgerMoney> amountOn(LedgerSide side, LedgerSide own, std::int64_t minor, Currency currency) {
  const auto bits = static_cast<std::uint64_t>(minor);
  return side == own ? std::optional(LedgerMoney{minor < 0 ? 0 - bits : bits, currency}) : std::nullopt;
}

/// A balance of nothing is on the side on which the account grows.
LedgerSide sideOf(const LedgerAccountRecord& account) {
  const bool debit = account.balanceMinor == 0 ? account.kind == "asset" : account.balanceMinor > 0;
  return debit ? LedgerSide::debit : LedgerSide::credit;
}

LedgerSide sideOf(const LedgerEntryRecord& entry) {
  return entry.minor > 0 ? LedgerSide::debit : LedgerSide::credit;
}

auto balanceOn(LedgerSide side) {
  return [side](const LedgerAccountRecord& account) {
    return amountOn(side, sideOf(account), account.balanceMinor, account.currency);
  };
}

auto entryOn(LedgerSide side) {
  return [side](const LedgerEntryRecord& entry) {
    return amountOn(side, sideOf(entry), entry.minor, entry.currency);
  };
}

auto entryValueOn(LedgerSide side) {
  return [amount = entryOn(side)](const LedgerEntryRecord& entry) {
    const auto money = amount(entry);
    return money ? ledgerValue(*money) : std::string{};
  };
}

auto paymentValue(std::int64_t PaymentRecord::*minor) {
  return [minor](const PaymentRecord& payment) {
    return formatMoney({payment.*minor, payment.amount.currency});
  };
}

std::string currencyText(Currency currency) { return std::string(currencyCode(currency)); }

}  // namespace

ObjectSchema<AdminPaymentQuery> schemaFor(Of<AdminPaymentQuery> /*of*/) {
  using Query = AdminPaymentQuery;
  return pageFields(ObjectSchema<Query>("AdminPaymentQuery")
                        .field("status", &Query::status)
                        .field("method", &Query::method)
                        .field("user_id", &Query::userId, rules().describe("who is to pay"))
                        .field("created_by", &Query::createdBy, rules().describe("user or key"))
                        .field("merchant_ref", &Query::merchantRef,
                               rules().optional().length(1, 64).describe("exactly this one"))
                        .field("from", &Query::from, rules().describe("created then or later"))
                        .field("to", &Query::to, rules().describe("created before")),
                    200);
}

ObjectSchema<PaymentLine> schemaFor(Of<PaymentLine> /*of*/) {
  using Line = PaymentLine;
  return ObjectSchema<Line>("PaymentLine", "A payment as a line of a file")
      .field("id", &Line::id)
      .field("created_at", &Line::createdAt)
      .field("merchant_ref", &Line::merchantRef)
      .field("method", &Line::method)
      .field("status", &Line::status)
      .computed("amount", [](const Line& line) { return formatMoney(line.amount); })
      .computed("paid", paymentValue(&PaymentRecord::paidMinor))
      .computed("refunded", paymentValue(&PaymentRecord::refundedMinor))
      .computed("refunding", paymentValue(&PaymentRecord::refundingMinor))
      .computed("suspense", paymentValue(&PaymentRecord::suspenseMinor))
      .computed("currency", [](const Line& line) { return currencyText(line.amount.currency); })
      .field("description", &Line::description)
      .field("customer_name", &Line::customerName)
      .computed("user_id", idUnlessNil(&PaymentRecord::userId))
      .field("created_by", &Line::createdBy)
      .field("va_number", &Line::vaNumber)
      .field("gateway_ref", &Line::gatewayRef)
      .field("bank_ref", &Line::bankRef)
      .field("paid_reference", &Line::paidReference)
      .field("expires_at", &Line::expiresAt)
      .field("paid_at", &Line::paidAt)
      .field("late", &Line::late);
}

ObjectSchema<LedgerMoney> schemaFor(Of<LedgerMoney> /*of*/) {
  return ObjectSchema<LedgerMoney>("LedgerMoney", "An amount on one side of the ledger, or a sum")
      .computed("value", &ledgerValue,
                rules().describe("decimal text with two places; never a number").example("\"10000.00\""))
      .field("currency", &LedgerMoney::currency, rules().describe("ISO 4217"));
}

ObjectSchema<LedgerAccountRecord> schemaFor(Of<LedgerAccountRecord> /*of*/) {
  using Account = LedgerAccountRecord;
  return ObjectSchema<Account>("LedgerAccount", "An account of the ledger with its balance on one side")
      .field("code", &Account::code, rules().example("\"merchant:payable\""))
      .field("kind", &Account::kind,
             rules()
                 .describe("asset: what we have, grows by debits; liability: what we owe, grows by credits")
                 .example("\"liability\""))
      .computed("debit", balanceOn(LedgerSide::debit),
                rules().orNull().describe("null: it is a credit").example("null"))
      .computed("credit", balanceOn(LedgerSide::credit), rules().orNull().describe("null: it is a debit"))
      .field("entries", &Account::entries);
}

ObjectSchema<LedgerAccounts> schemaFor(Of<LedgerAccounts> /*of*/) {
  return ObjectSchema<LedgerAccounts>("Ledger", "All accounts of the ledger at one moment")
      .field("balanced", &LedgerAccounts::balanced,
             rules().describe("each transaction has the same debits as credits, and so have all together; "
                              "false: somebody has altered the ledger"))
      .field("accounts", &LedgerAccounts::accounts);
}

ObjectSchema<LedgerEntryRecord> schemaFor(Of<LedgerEntryRecord> /*of*/) {
  using Entry = LedgerEntryRecord;
  return ObjectSchema<Entry>("LedgerEntry", "One side of a transaction")
      .field("transaction_id", &Entry::transactionId,
             rules().describe("its entries have the same debits as credits"))
      .field("key", &Entry::key, rules().describe("unique for ever: a movement is booked once"))
      .field(
          "kind", &Entry::kind,
          rules()
              .describe("credit: money arrived at the bank; accept, return: decided about money that did not "
                        "fit; reversal: the bank took it back; refund, refund_done, refund_failed; orphan, "
                        "orphan_return: money of no payment")
              .example("\"credit\""))
      .computed("payment_id", idUnlessNil(&Entry::paymentId),
                rules().orNull().describe("null: money that belongs to no payment"))
      .field("account", &Entry::account, rules().example("\"bank:bri:clearing\""))
      .computed("debit", entryOn(LedgerSide::debit), rules().orNull().describe("null: it is a credit"))
      .computed("credit", entryOn(LedgerSide::credit),
                rules().orNull().describe("null: it is a debit").example("null"))
      .field("at", &Entry::at);
}

ObjectSchema<ListLedgerEntries> schemaFor(Of<ListLedgerEntries> /*of*/) {
  using Query = ListLedgerEntries;
  return pageFields(
      ObjectSchema<Query>("LedgerEntryQuery")
          .field("account", &Query::account, rules().optional().length(1, 64).describe("code of an account"))
          .field("payment_id", &Query::paymentId, rules().describe("what was booked for this payment")));
}

ObjectSchema<LedgerLine> schemaFor(Of<LedgerLine> /*of*/) {
  using Line = LedgerLine;
  return ObjectSchema<Line>("LedgerLine", "An entry as a line of a file")
      .field("transaction_id", &Line::transactionId)
      .field("at", &Line::at)
      .field("kind", &Line::kind)
      .field("key", &Line::key)
      .computed("payment_id", idUnlessNil(&LedgerEntryRecord::paymentId))
      .field("account", &Line::account)
      .computed("debit", entryValueOn(LedgerSide::debit))
      .computed("credit", entryValueOn(LedgerSide::credit))
      .computed("currency", [](const Line& line) { return currencyText(line.currency); });
}

}  // namespace ks
