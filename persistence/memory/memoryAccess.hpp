#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "persistence/memory/memoryDatabase.hpp"

// What the functions of the migrations "accountAccess" and "reviewedAccess" do, for the operations in
// memory. Callers hold the database's lock.
namespace ks::memoryRules {

/// void_pending(): links, a claim of another address, sign-ins that wait for their code, a factor that waits
/// for its first one. The link `spared` stays.
void voidPending(MemoryDatabase& database, const Uuid& userId, const Uuid& spared, TimePoint now);

struct AccessEnd {
  Uuid userId;
  std::optional<Uuid> spared;  ///< this session stays
  Uuid sparedLink;
  bool keepKeys = false;
  std::string reason;
  TimePoint now;
};
/// end_access(): sessions, those in which the account acts as another user, and keys. The sessions.
std::vector<Uuid> endAccess(MemoryDatabase& database, const AccessEnd& end);
/// credential_changed(): both.
std::vector<Uuid> credentialChanged(MemoryDatabase& database, const AccessEnd& end);

/// factors_on_probation(): of an account without permissions, those confirmed less than kFactorProbation
/// before `asked`.
[[nodiscard]] std::vector<Uuid> factorsOnProbation(const MemoryDatabase& database, const Uuid& userId,
                                                   TimePoint asked);
/// take_factors_on_probation(): with the recovery codes. How many.
int takeFactorsOnProbation(MemoryDatabase& database, const Uuid& userId, TimePoint asked);

/// user_may()
[[nodiscard]] bool userMay(const MemoryDatabase& database, const Uuid& userId, std::string_view permission);
/// api_key_limits()
[[nodiscard]] ApiKeyLimits apiKeyLimits(const MemoryDatabase& database, const ApiKeyRecord& key,
                                        TimePoint now);
/// api_key_within()
[[nodiscard]] bool apiKeyWithin(const MemoryDatabase& database, const Uuid& maker, const ApiKeyRecord& key);

/// key_refusal() has none. `actor` nil: the operator.
[[nodiscard]] bool mayActOnKey(const MemoryDatabase& database, const ApiKeyRecord& key, const Uuid& actor,
                               TimePoint now);

}  // namespace ks::memoryRules
