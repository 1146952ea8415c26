#pragma once

#include "http/routes/monitoring/monitoringSchemas.hpp"
#include "messages/monitoring/requestLogMessages.hpp"

// Query and answer of the log of single requests.
namespace ks {

ObjectSchema<InRange<RequestLogQuery>> schemaFor(Of<InRange<RequestLogQuery>> of);
ObjectSchema<RequestLogRow> schemaFor(Of<RequestLogRow> of);

}  // namespace ks
