#pragma once
#include "apps/wiring/serverContext.hpp"

namespace ks {

/// Payments: the bank, payments, and the bank's calls where there is a client for them. None without K_BRI_URL. The
/// message of a fault says which setting cannot be used.
[[nodiscard]] Result<Done> addPaymentActors(ServerContext& context);

/// Refunds; in both processes.
void addRefundActor(ServerContext& context, bool administrators);

/// Whether the bank's calls are taken.
[[nodiscard]] bool takesBankNotices(const Settings& settings);

}  // namespace ks
