#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "http/schema/schemaNode.hpp"

namespace ks {

/// A value that the field may have, by its own example, its choices, format, name or type. Throws
/// std::logic_error where a pattern asks for an example that the field does not have.
[[nodiscard]] nlohmann::ordered_json exampleOf(const FieldDescription& field);
/// One with every field.
[[nodiscard]] nlohmann::ordered_json exampleOf(const ObjectSchemaInterface& schema);

}  // namespace ks
