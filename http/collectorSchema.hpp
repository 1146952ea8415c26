#pragma once
#include "http/objectSchema.hpp"
#include "messages/collectorStatus.hpp"

namespace ks {

const ObjectSchema<CollectorStatus>& collectorStatusSchema();

}  // namespace ks
