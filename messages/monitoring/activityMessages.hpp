#pragma once
#include "messages/monitoring/monitoringTypeIds.hpp"

// Messages of the activity actor. They have a type-id block of their own, for the admin process:
// caf::init_global_meta_objects<caf::id_block::kActivities>().
namespace ks {

/// Marks an activity as dealt with, or opens it again.
struct SettleActivity : IdRequest {
  bool resolved = true;
};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kActivities, caf::first_custom_type_id + 2300)
CAF_ADD_TYPE_ID(kActivities, (ks::SettleActivity))
CAF_END_TYPE_ID_BLOCK(kActivities)

namespace ks {

/// What administrators do about that which the detection rules found.
using ActivityActor = caf::typed_actor<
    // notFound.
    caf::result<ActivityRow>(SettleActivity)>;

}  // namespace ks
