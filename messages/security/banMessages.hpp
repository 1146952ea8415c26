#pragma once
#include <string>
#include <vector>

#include "messages/platform/typeIds.hpp"
#include "messages/security/banRecords.hpp"

// Messages of the ban actor. They have a type-id block of their own, for the admin process:
// caf::init_global_meta_objects<caf::id_block::kBans>().
namespace ks {

struct AddBan {
  RequestContext context;
  std::string network;  ///< accepted by parseBanNetwork()
  std::string reason;
  std::chrono::seconds length{86'400};
  std::string rule;  ///< empty: by the context's user, or by the operator when there is none
  std::optional<Uuid> activityId;
};
struct LiftBan {
  RequestContext context;
  std::string ban;  ///< a ban's id, or the network of a current one
};
struct ListBans : PlainRequest {};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kBans, caf::first_custom_type_id + 2000)
CAF_ADD_TYPE_ID(kBans, (ks::AddBan))
CAF_ADD_TYPE_ID(kBans, (ks::LiftBan))
CAF_ADD_TYPE_ID(kBans, (ks::ListBans))
CAF_ADD_TYPE_ID(kBans, (ks::IpBan))
CAF_ADD_TYPE_ID(kBans, (std::vector<ks::IpBan>))
CAF_END_TYPE_ID_BLOCK(kBans)

namespace ks {

/// Makes and lifts bans and keeps Redis, which the gateway reads, consistent with PostgreSQL.
using BanActor = caf::typed_actor<
    // addressProtected (the message says why), conflict (it is already banned).
    caf::result<IpBan>(AddBan),
    // notFound. An ended ban is not changed.
    caf::result<IpBan>(LiftBan),
    // Current bans, in order of their end.
    caf::result<std::vector<IpBan>>(ListBans), caf::result<void>(TickAtom)>;

}  // namespace ks
