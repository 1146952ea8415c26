#pragma once
#include "http/schema/objectSchema.hpp"
#include "messages/monitoring/collectorStatus.hpp"

namespace ks {

const ObjectSchema<CollectorStatus>& collectorStatusSchema();

}  // namespace ks
