#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ks {

class ObjectSchemaInterface;

/// Documentation of one value (the JSON Schema keywords used here).
struct SchemaNode {
  std::string type;  ///< string, integer, number, boolean, array, object (a map); empty with `object`
  std::string format;
  std::string pattern;
  std::string description;
  std::string exampleJson;
  std::optional<std::size_t> minLength, maxLength, minItems, maxItems;
  bool isBounded = true;  ///< false: the upper bounds are those that inputs have without a word
  std::optional<double> minimum, maximum;
  std::vector<std::string> values;  ///< enum
  bool nullable = false;
  const ObjectSchemaInterface* object = nullptr;  ///< a reference to a named component
  std::shared_ptr<SchemaNode> items;              ///< of an array, or the values of a map (type object)
};

struct FieldDescription {
  std::string name;
  bool required = true;
  SchemaNode node;
};

/// The side of an object schema that does not know the C++ type.
class ObjectSchemaInterface {
 public:
  virtual ~ObjectSchemaInterface() = default;
  [[nodiscard]] virtual const std::string& name() const = 0;
  [[nodiscard]] virtual const std::string& description() const = 0;
  [[nodiscard]] virtual std::vector<FieldDescription> fields() const = 0;
};

}  // namespace ks
