#pragma once
#include <functional>
#include <memory>

#include "core/result.hpp"
#include "messages/security/banRecords.hpp"

namespace ks {

/// Storage of bans. Blocking, within the database timeout; belongs to one thread.
class BanRepositoryInterface {
 public:
  /// Maximum number of current bans.
  static constexpr std::size_t kMostBans = 10'000;

  virtual ~BanRepositoryInterface() = default;

  /// `overloaded` when kMostBans stand. A fault of another kind may have made it: ask for what stands.
  virtual Result<NewBanOutcome> add(const NewBan& ban) = 0;
  /// The ban as it is afterwards; notFound.
  virtual Result<IpBan> lift(const BanLift& lift) = 0;
  virtual Result<StandingBans> standing(TimePoint now) = 0;
};

using BanRepositoryFactory = std::function<std::unique_ptr<BanRepositoryInterface>()>;

}  // namespace ks
