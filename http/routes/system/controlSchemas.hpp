#pragma once
#include <optional>
#include <string>
#include <vector>

#include "http/routes/system/controlRoutes.hpp"
#include "http/schema/objectSchema.hpp"

// The bodies of the control routes. kctl reads them; a field may be added, none renamed or removed.
namespace ks {

const ObjectSchema<ControlStatus>& controlStatusSchema();

struct ControlActorsOutput {
  std::vector<ControlActor> actors;
};
const ObjectSchema<ControlActorsOutput>& controlActorsSchema();

struct ControlSettingsOutput {
  std::vector<ControlSetting> settings;
};
const ObjectSchema<ControlSettingsOutput>& controlSettingsSchema();

struct AdministratorInput {
  std::string email;
  bool onlyIfNone = false;
};
const ObjectSchema<AdministratorInput>& administratorInputSchema();

struct AdministratorOutput {
  bool created = false;
  std::string email;
  std::optional<SecretText> oneTimePassword;
};
const ObjectSchema<AdministratorOutput>& administratorOutputSchema();

}  // namespace ks
