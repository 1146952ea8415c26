#pragma once
#include <vector>

#include "http/routes/system/controlRoutes.hpp"
#include "http/schema/objectSchema.hpp"

// The bodies of the control routes. kctl reads them; a field may be added, none renamed or removed.
namespace ks {

ObjectSchema<ControlStatus> schemaFor(Of<ControlStatus> of);
ObjectSchema<ControlActor> schemaFor(Of<ControlActor> of);
ObjectSchema<ControlListener> schemaFor(Of<ControlListener> of);
ObjectSchema<ControlActors> schemaFor(Of<ControlActors> of);
ObjectSchema<ControlSetting> schemaFor(Of<ControlSetting> of);

ObjectSchema<CreateAdministratorRequest> schemaFor(Of<CreateAdministratorRequest> of);

ObjectSchema<CreateAdministratorAnswer> schemaFor(Of<CreateAdministratorAnswer> of);

}  // namespace ks
