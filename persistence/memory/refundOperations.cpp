#include <algorithm>
#include <tuple>
#include <utility>

#include "persistence/memory/ledgerRules.hpp"
#include "persistence/memory/memoryCalls.hpp"
#include "persistence/sql/keysetPage.hpp"

namespace ks {
namespace {

constexpr std::uint32_t kMostRefundsOfPage = 200;

using MaybeRefund = std::optional<RefundRecord>;

bool isRefundWanted(const RefundRecord& refund, const RefundQuery& query) {
  return (!query.paymentId || *query.paymentId == refund.paymentId) &&
         (!query.status || *query.status == refund.status) && (!query.mode || *query.mode == refund.mode);
}

/// A cursor belongs to the filters that it was given out for.
std::string refundPageName(const RefundQuery& query) {
  return "refunds|" + (query.paymentId ? query.paymentId->toString() : std::string{}) + "|" +
         (query.status ? refundStatusName(*query.status) : "") + "|" +
         (query.mode ? refundModeName(*query.mode) : "");
}

}  // namespace

Result<std::optional<RefundRecord>> runInMemory(MemoryDatabase& database, const FindRefund& which) {
  const auto found = database.refunds.find(which.id);
  if (found == database.refunds.end()) {
    return MaybeRefund();
  }
  const auto& refund = found->second;
  const bool seen = !which.userId || database.payments.at(refund.paymentId).userId == *which.userId;
  return seen ? MaybeRefund(refund) : MaybeRefund();
}

Result<std::optional<RefundRecord>> runInMemory(MemoryDatabase& database, const FindRefundByKey& which) {
  for (const auto& [id, refund] : database.refunds) {
    if (refund.idempotency.scope == which.scope && refund.idempotency.key == which.key) {
      return MaybeRefund(refund);
    }
  }
  return MaybeRefund();
}

Result<std::optional<RefundRecord>> runInMemory(MemoryDatabase& database, const FindOpenRefund& which) {
  const RefundRecord* oldest = nullptr;
  for (const auto& [id, refund] : database.refunds) {
    const bool asked = refund.paymentId == which.paymentId && refund.mode == RefundMode::api &&
                       memoryRules::isOpenRefund(refund);
    if (asked && (oldest == nullptr ||
                  std::tie(refund.createdAt, refund.id) < std::tie(oldest->createdAt, oldest->id))) {
      oldest = &refund;
    }
  }
  return oldest == nullptr ? MaybeRefund() : MaybeRefund(*oldest);
}

Result<RefundPage> runInMemory(MemoryDatabase& database, const ListRefunds& list) {
  const auto& query = list.query;
  const auto name = refundPageName(query);
  const auto place = keysetPlace(name, query.cursor);
  if (!place.ok()) {
    return place.fault();
  }
  const auto& below = place.value();
  RefundPage page;
  for (const auto& [id, refund] : database.refunds) {
    if (isRefundWanted(refund, query) &&
        std::tie(refund.createdAt, refund.id) < std::tie(below.before, below.beforeId)) {
      page.rows.push_back(refund);
    }
  }
  std::sort(page.rows.begin(), page.rows.end(), [](const RefundRecord& a, const RefundRecord& b) {
    return std::tie(a.createdAt, a.id) > std::tie(b.createdAt, b.id);
  });
  endKeysetPage(page, name, std::clamp<std::uint32_t>(query.limit, 1, kMostRefundsOfPage));
  return page;
}

}  // namespace ks
