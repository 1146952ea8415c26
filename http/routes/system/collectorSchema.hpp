#pragma once
#include "http/schema/objectSchema.hpp"
#include "messages/monitoring/collectorStatus.hpp"

namespace ks {

ObjectSchema<CollectorStatus> schemaFor(Of<CollectorStatus> of);

}  // namespace ks
