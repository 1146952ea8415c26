#include "http/schema/objectFields.hpp"

namespace ks {

detail::Field::Field(std::string name, FieldRules rules, bool isOptional)
    : name_(std::move(name)), rules_(std::move(rules)), isOptional_(isOptional) {
  appendJsonText(prefix_, name_);
  prefix_ += ':';
}

void detail::Field::write(std::string& out, const void* object) const {
  const auto before = out.size();
  if (out.back() != '{') {
    out += ',';
  }
  out += prefix_;
  if (!writeValue(out, object)) {
    if (rules_.nullWhenAbsent) {
      out += "null";
    } else {
      out.resize(before);
    }
  }
}

FieldDescription detail::Field::describe() const {
  FieldDescription result;
  result.name = name_;
  result.required = required() || rules_.nullWhenAbsent;
  describeValue(result.node);
  result.node.nullable = result.node.nullable || rules_.nullWhenAbsent;
  result.node.isBounded = rules_.isBounded;
  result.node.description = rules_.description;
  result.node.exampleJson = rules_.exampleJson;
  return result;
}

std::vector<FieldDescription> ObjectFields::fields() const {
  std::vector<FieldDescription> result;
  result.reserve(fields_.size());
  for (const auto& field : fields_) {
    result.push_back(field->describe());
  }
  return result;
}

std::size_t ObjectFields::indexOf(std::string_view name) const {
  std::size_t i = 0;
  while (i < fields_.size() && fields_[i]->name() != name) {
    ++i;
  }
  return i;
}

// The texts are moved out of `pairs`, which the check does not see through the structured binding.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
JsonValue ObjectFields::fromPairs(TextPairs pairs, FaultList& faults) const {
  JsonValue value;
  value.kind = JsonValue::Kind::object;
  for (auto& [name, text] : pairs) {
    bool repeated = false;
    for (const auto& member : value.members) {
      repeated = repeated || member.name == name;
    }
    if (repeated) {
      faults.add(name, ErrorCode::invalidFormat, "appears more than once");
      continue;
    }
    const auto index = indexOf(name);
    value.members.push_back(
        {name, index < fields_.size() ? fields_[index]->fromText(std::move(text)) : JsonValue{}});
  }
  return value;
}

bool ObjectFields::parseFields(JsonValue& in, const std::string& path, void* object,
                               FaultList& faults) const {
  if (in.kind != JsonValue::Kind::object) {
    detail::wrongType(path, "an object", faults);
    return false;
  }
  const std::string prefix = path.empty() ? path : path + ".";
  std::vector<bool> seen(fields_.size(), false);
  for (auto& [key, value] : in.members) {
    const auto index = indexOf(key);
    if (index == fields_.size()) {
      faults.add(prefix + key, ErrorCode::unknownField);
      continue;
    }
    seen[index] = true;
    fields_[index]->parse(value, prefix + key, object, faults);
  }
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (!seen[i] && fields_[i]->required()) {
      faults.add(prefix + fields_[i]->name(), ErrorCode::required);
    }
  }
  return true;
}

void ObjectFields::writeFields(std::string& out, const void* object) const {
  out += '{';
  for (const auto& field : fields_) {
    field->write(out, object);
  }
  out += '}';
}

void ObjectFields::writeCsvHeader(std::string& out) const {
  for (const auto& field : fields_) {
    out += &field == &fields_.front() ? "" : ",";
    out += field->name();
  }
  out += "\r\n";
}

void ObjectFields::writeCsvFields(std::string& out, const void* object) const {
  for (const auto& field : fields_) {
    out += &field == &fields_.front() ? "" : ",";
    field->writeCsv(out, object);
  }
  out += "\r\n";
}

}  // namespace ks
