#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "persistence/memory/ledgerRules.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/sql/keysetPage.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kMostPaymentsOfPage = 200;
constexpr std::size_t kMostEventsListed = 500;

const PaymentRecord* paymentOf(const MemoryDatabase& database, const Uuid& id,
                               const std::optional<Uuid>& userId) {
  const auto found = database.payments.find(id);
  const bool seen = found != database.payments.end() && (!userId || found->second.userId == *userId);
  return seen ? &found->second : nullptr;
}

bool isAsked(const std::string& wanted, const std::string& value) {
  return !wanted.empty() && wanted == value;
}

template <class T>
bool fits(const std::optional<T>& wanted, const T& value) {
  return !wanted || *wanted == value;
}

bool isWanted(const PaymentRecord& payment, const PaymentQuery& query) {
  return fits(query.userId, payment.userId) && fits(query.createdBy, payment.createdBy) &&
         fits(query.status, payment.status) && fits(query.method, payment.method) &&
         (query.merchantRef.empty() || query.merchantRef == payment.merchantRef) &&
         (!query.from || payment.createdAt >= *query.from) && (!query.to || payment.createdAt < *query.to);
}

/// A cursor belongs to the filters that it was given out for.
std::string pageNameOf(const PaymentQuery& query) {
  const auto textOf = [](const std::optional<TimePoint>& time) {
    return time ? std::to_string(time->time_since_epoch().count()) : std::string{};
  };
  const auto idOf = [](const std::optional<Uuid>& id) { return id ? id->toString() : std::string{}; };
  return "payments|" + idOf(query.userId) + "|" + idOf(query.createdBy) + "|" +
         (query.status ? paymentStatusName(*query.status) : "") + "|" +
         (query.method ? paymentMethodName(*query.method) : "") + "|" + query.merchantRef + "|" +
         textOf(query.from) + "|" + textOf(query.to);
}

bool isUnsettled(PaymentStatus status) {
  return status == PaymentStatus::created || status == PaymentStatus::pending ||
         status == PaymentStatus::review;
}

void takeEarlier(std::optional<TimePoint>& earliest, TimePoint time) {
  earliest = std::min(earliest.value_or(time), time);
}

}  // namespace

Result<std::optional<PaymentRecord>> runInMemory(MemoryDatabase& database, const FindPayment& which) {
  using Out = std::optional<PaymentRecord>;
  const auto* payment = paymentOf(database, which.id, which.userId);
  return payment == nullptr ? Out() : Out(*payment);
}

Result<std::optional<PaymentRecord>> runInMemory(MemoryDatabase& database, const FindPaymentAtBank& which) {
  using Out = std::optional<PaymentRecord>;
  const PaymentRecord* newest = nullptr;
  for (const auto& [id, payment] : database.payments) {
    const bool asked = isAsked(which.vaNumber, payment.vaNumber) ||
                       isAsked(which.gatewayRef, payment.gatewayRef) ||
                       isAsked(which.bankRef, payment.bankRef);
    if (asked && (newest == nullptr || payment.createdAt > newest->createdAt)) {
      newest = &payment;
    }
  }
  return newest == nullptr ? Out() : Out(*newest);
}

Result<PaymentPage> runInMemory(MemoryDatabase& database, const ListPayments& list) {
  const auto& query = list.query;
  const auto name = pageNameOf(query);
  const auto place = keysetPlace(name, query.cursor);
  if (!place.ok()) {
    return place.fault();
  }
  const auto& below = place.value();
  PaymentPage page;
  for (const auto& [id, payment] : database.payments) {
    if (isWanted(payment, query) &&
        std::tie(payment.createdAt, payment.id) < std::tie(below.before, below.beforeId)) {
      page.rows.push_back(payment);
    }
  }
  std::sort(page.rows.begin(), page.rows.end(), [](const PaymentRecord& a, const PaymentRecord& b) {
    return std::tie(a.createdAt, a.id) > std::tie(b.createdAt, b.id);
  });
  const auto limit = std::clamp<std::uint32_t>(query.limit, 1, kMostPaymentsOfPage);
  endKeysetPage(page, name, limit);
  return page;
}

Result<std::optional<std::vector<PaymentEventRecord>>> runInMemory(MemoryDatabase& database,
                                                                   const ListPaymentEvents& which) {
  using Out = std::optional<std::vector<PaymentEventRecord>>;
  if (paymentOf(database, which.id, which.userId) == nullptr) {
    return Out();
  }
  auto events = database.paymentEvents.at(which.id);
  if (events.size() > kMostEventsListed) {
    events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(kMostEventsListed));
  }
  return Out(std::move(events));
}

Result<bool> runInMemory(MemoryDatabase& database, const IsMoneyBooked& which) {
  return database.ledger.contains(which.key);
}

Result<PaymentFigures> runInMemory(MemoryDatabase& database, const ReadPaymentFigures& question) {
  PaymentFigures figures;
  std::map<std::pair<PaymentMethod, PaymentStatus>, std::int64_t> counts;
  for (const auto& [id, payment] : database.payments) {
    if (isUnsettled(payment.status)) {
      ++counts[{payment.method, payment.status}];
    }
    if (payment.status == PaymentStatus::created && payment.gatewayState == GatewayState::unknown) {
      takeEarlier(figures.oldestUnknown, payment.createdAt);
    }
  }
  for (const auto& [what, count] : counts) {
    figures.unsettled.push_back({what.first, what.second, count});
  }
  for (const auto& [id, work] : database.paymentWork) {
    if (work.nextAt <= question.now) {
      takeEarlier(figures.oldestDue, work.nextAt);
    }
  }
  for (const auto& [id, item] : database.reconciliationItems) {
    figures.openItems += item.status == ReconciliationItemStatus::open ? 1 : 0;
  }
  for (const auto& [id, refund] : database.refunds) {
    figures.openRefunds += memoryRules::isOpenRefund(refund) ? 1 : 0;
  }
  return figures;
}

}  // namespace ks
