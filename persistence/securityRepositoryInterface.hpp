#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "core/result.hpp"
#include "messages/monitoring/securityRecords.hpp"

namespace ks {

/// Storage of detection. Blocking, within the database timeout; belongs to one thread.
class SecurityRepositoryInterface {
 public:
  /// Rows that one question gives at most; the newest are kept.
  static constexpr std::size_t kMostEvents = 50'000;

  virtual ~SecurityRepositoryInterface() = default;

  /// The lines that feed a rule since then, oldest first.
  virtual Result<std::vector<SecurityEvent>> traffic(TimePoint since) = 0;
  /// Failed sign-ins since then, oldest first.
  virtual Result<std::vector<SecurityEvent>> failedLogins(TimePoint since) = 0;
  /// What was found since then.
  virtual Result<std::vector<SuspiciousActivity>> activities(TimePoint since) = 0;
  /// Storing the same id again changes nothing.
  virtual Result<Done> store(const SuspiciousActivity& activity) = 0;
};

using SecurityRepositoryFactory = std::function<std::unique_ptr<SecurityRepositoryInterface>()>;

}  // namespace ks
