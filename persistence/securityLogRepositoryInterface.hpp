#pragma once
#include "core/result.hpp"
#include "messages/monitoring/securityLogMessages.hpp"

namespace ks {

/// What the administration reads of attacks and bans, and the mark that an activity has been dealt with.
///
/// Calls only queue, as in MonitoringRepositoryInterface. Faults: `outOfRange`, `rangeTooWide`,
/// `cursorInvalid`, `invalidFormat` naming the field; `notFound`; those of the storage.
class SecurityLogRepositoryInterface {
 public:
  virtual ~SecurityLogRepositoryInterface() = default;

  virtual void violations(ViolationQuery query, Reply<ViolationPage> reply) = 0;
  virtual void activities(ActivityQuery query, Reply<ActivityPage> reply) = 0;
  virtual void bans(BanQuery query, Reply<BanPage> reply) = 0;
  /// Those with the most violations first.
  virtual void topViolators(TopViolatorQuery query, Reply<TopViolators> reply) = 0;
  virtual void address(AddressQuery query, Reply<AddressReport> reply) = 0;
  virtual void resolve(ResolveActivity change, Reply<ActivityRow> reply) = 0;
};

}  // namespace ks
