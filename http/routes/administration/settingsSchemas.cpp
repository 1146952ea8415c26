#include "http/routes/administration/settingsSchemas.hpp"

#include <algorithm>
#include <utility>

#include "core/settings/settingsTable.hpp"
#include "core/settings/settingsValue.hpp"

namespace ks {
namespace {

constexpr std::size_t kLongestSetting = 8192;

bool isNumber(const SettingDescription& setting) { return setting.kind == SettingKind::integer; }
bool isList(const SettingDescription& setting) {
  return std::holds_alternative<std::vector<std::string> Settings::*>(setting.member);
}

std::vector<std::string> partsOf(std::string_view list, char separator) {
  std::vector<std::string> parts;
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    auto part = list.substr(0, end);
    part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
    parts.emplace_back(part.substr(0, part.find_last_not_of(' ') + 1));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return parts;
}

void describeSetting(SchemaNode& node, const SettingDescription& setting) {
  node.description = setting.description;
  if (isNumber(setting)) {
    node.type = "integer";
    node.minimum = static_cast<double>(setting.least);
    node.maximum = static_cast<double>(setting.most);
  } else if (isList(setting)) {
    node.type = "array";
    node.items = std::make_shared<SchemaNode>();
    node.items->type = "string";
  } else {
    node.type = "string";
    if (setting.kind == SettingKind::choice) {
      node.values = partsOf(setting.choices, '|');
    }
  }
}

/// The live settings as fields of an object, for the API document.
class LiveSettingsDescription final : public ObjectSchemaInterface {
 public:
  explicit LiveSettingsDescription(std::string name, bool input) : name_(std::move(name)), input_(input) {}
  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] const std::string& description() const override { return description_; }
  [[nodiscard]] std::vector<FieldDescription> fields() const override {
    std::vector<FieldDescription> fields;
    for (const auto& setting : settingsTable()) {
      if (setting.isLive()) {
        FieldDescription field;
        field.name = setting.variable;
        field.required = !input_;
        describeSetting(field.node, setting);
        field.node.nullable = input_;
        fields.push_back(std::move(field));
      }
    }
    return fields;
  }

 private:
  std::string name_;
  std::string description_ = "Live settings by name";
  bool input_;
};

/// The text of a JSON value of the setting's type; nothing, and a fault, when it has another.
std::optional<std::string> textOfTyped(const SettingDescription& setting, const JsonValue& in,
                                       const std::string& path, FaultList& faults) {
  if (isNumber(setting)) {
    if (in.kind == JsonValue::Kind::integer) {
      return std::to_string(in.integer);
    }
    detail::wrongType(path, "a whole number", faults);
    return std::nullopt;
  }
  if (!isList(setting)) {
    if (in.kind == JsonValue::Kind::text) {
      return in.text;
    }
    detail::wrongType(path, "a string", faults);
    return std::nullopt;
  }
  std::string text;
  const bool texts = in.kind == JsonValue::Kind::array &&
                     std::all_of(in.items.begin(), in.items.end(), [](const JsonValue& item) {
                       return item.kind == JsonValue::Kind::text && !item.text.empty() &&
                              item.text.find(',') == std::string::npos;
                     });
  if (!texts) {
    detail::wrongType(path, "an array of strings without commas", faults);
    return std::nullopt;
  }
  for (const auto& item : in.items) {
    text.append(text.empty() && &item == &in.items.front() ? "" : ",").append(item.text);
  }
  return text;
}

std::optional<std::string> textOfText(const SettingDescription& /*setting*/, const JsonValue& in,
                                      const std::string& path, FaultList& faults) {
  if (in.kind != JsonValue::Kind::text) {
    detail::wrongType(path, "a string", faults);
    return std::nullopt;
  }
  return in.text;
}

using TextOf = std::optional<std::string> (*)(const SettingDescription&, const JsonValue&, const std::string&,
                                              FaultList&);

void parseWish(JsonMember& member, const std::string& path, TextOf textOf, SettingWishes& out,
               FaultList& faults) {
  const auto* const setting = findSetting(member.name);
  if (setting == nullptr || !setting->isLive()) {
    faults.add(path, setting == nullptr ? ErrorCode::settingUnknown : ErrorCode::settingNotLive);
    return;
  }
  if (member.value.kind == JsonValue::Kind::null) {
    out.emplace(std::move(member.name), std::nullopt);
    return;
  }
  auto text = textOf(*setting, member.value, path, faults);
  if (!text) {
    return;
  }
  Settings scratch;
  if (text->size() > kLongestSetting) {
    faults.add(path, ErrorCode::tooLong, "takes at most " + std::to_string(kLongestSetting) + " bytes");
  } else if (!storeLiveSetting(*setting, *text, scratch)) {
    faults.add(path, isNumber(*setting) ? ErrorCode::outOfRange : ErrorCode::invalidFormat,
               "must be " + allowedText(*setting));
  } else {
    out.emplace(std::move(member.name), std::move(text));
  }
}

bool parseWishes(JsonValue& in, const std::string& path, TextOf textOf, SettingWishes& out,
                 FaultList& faults) {
  if (in.kind != JsonValue::Kind::object) {
    detail::wrongType(path, "an object", faults);
    return false;
  }
  if (in.members.empty()) {
    faults.add(path, ErrorCode::required, "names no setting");
  }
  for (auto& member : in.members) {
    const auto place = path + "." + member.name;
    parseWish(member, place, textOf, out, faults);
  }
  return faults.empty();
}

void appendTyped(std::string& out, const SettingDescription& setting, const std::string& value) {
  if (isNumber(setting)) {
    out += value;
  } else if (isList(setting)) {
    VectorCodec<TextCodec>{}.write(out, partsOf(value, ','));
  } else {
    appendJsonText(out, value);
  }
}

template <class Wishes, TextOf textOf>
struct WishesCodec {
  using Value = Wishes;
  static bool parse(JsonValue& in, const FieldRules& /*rules*/, const std::string& path, Value& out,
                    FaultList& faults) {
    return parseWishes(in, path, textOf, out.values, faults);
  }
  static void write(std::string& out, const Value& /*value*/) { out += "{}"; }
  static void describe(SchemaNode& node, const FieldRules& /*rules*/) {
    static const LiveSettingsDescription description("SettingWishes", true);
    node.object = &description;
  }
};

struct TypedSettingsCodec {
  using Value = TypedSettings;
  static bool parse(JsonValue& /*in*/, const FieldRules& /*rules*/, const std::string& path, Value& /*out*/,
                    FaultList& faults) {
    faults.add(path, ErrorCode::unknownField);
    return false;
  }
  static void write(std::string& out, const Value& value) {
    out += '{';
    for (const auto& [variable, text] : value.values) {
      if (const auto* const setting = findSetting(variable)) {
        out += out.back() == '{' ? "" : ",";
        appendJsonText(out, variable);
        out += ':';
        appendTyped(out, *setting, text);
      }
    }
    out += '}';
  }
  static void describe(SchemaNode& node, const FieldRules& /*rules*/) {
    static const LiveSettingsDescription description("SettingValues", false);
    node.object = &description;
  }
};

}  // namespace

template <>
struct DefaultCodec<TypedWishes> {
  using Type = WishesCodec<TypedWishes, &textOfTyped>;
};
template <>
struct DefaultCodec<TextWishes> {
  using Type = WishesCodec<TextWishes, &textOfText>;
};
template <>
struct DefaultCodec<TypedSettings> {
  using Type = TypedSettingsCodec;
};

bool isLiveSetting(std::string_view variable) {
  const auto* const setting = findSetting(variable);
  return setting != nullptr && setting->isLive();
}

ObjectSchema<WishesInput<TypedWishes>> schemaFor(Of<WishesInput<TypedWishes>> /*of*/) {
  using Input = WishesInput<TypedWishes>;
  return ObjectSchema<Input>("SettingsChange", "Settings by name with their new values; null gives one back")
      .field("settings", &Input::settings);
}

ObjectSchema<WishesInput<TextWishes>> schemaFor(Of<WishesInput<TextWishes>> /*of*/) {
  using Input = WishesInput<TextWishes>;
  return ObjectSchema<Input>("ControlSettingsChange", "Settings by name with their new values as text")
      .field("settings", &Input::settings);
}

ObjectSchema<SettingOutput> schemaFor(Of<SettingOutput> /*of*/) {
  return ObjectSchema<SettingOutput>("Setting", "A setting, where its value comes from and what it may be")
      .field("variable", &SettingOutput::variable)
      .field("description", &SettingOutput::description)
      .field("allowed", &SettingOutput::allowed, rules().describe("for a person"))
      .field("origin", &SettingOutput::origin, rules().oneOf({"default", "file", "environment", "database"}))
      .field("superadmin_only", &SettingOutput::superadminOnly,
             rules().describe("it guards security: only superadmins may change it"));
}

ObjectSchema<SettingsOutput> schemaFor(Of<SettingsOutput> /*of*/) {
  return ObjectSchema<SettingsOutput>("Settings", "The settings that can be changed, with their version")
      .field("version", &SettingsOutput::version, rules().describe("number of the last change; for If-Match"))
      .field("values", &SettingsOutput::values)
      .field("settings", &SettingsOutput::settings);
}

SettingsOutput settingsOutputOf(const LiveSettings& live) {
  SettingsOutput out;
  out.version = live.version;
  for (const auto& effective : live.loaded.effective) {
    if (const auto* const setting = findSetting(effective.variable);
        setting != nullptr && setting->isLive()) {
      out.values.values.emplace(effective.variable, effective.value);
      out.settings.push_back({effective.variable, std::string{setting->description}, allowedText(*setting),
                              std::string{settingOriginName(effective.origin)},
                              setting->live == LiveFor::superadmins});
    }
  }
  return out;
}

ObjectSchema<ListSettingsHistory> schemaFor(Of<ListSettingsHistory> /*of*/) {
  using Input = ListSettingsHistory;
  return pageFields(ObjectSchema<Input>("SettingsHistoryQuery")
                        .field("variable", &Input::variable,
                               rules()
                                   .optional()
                                   .length(1, 64)
                                   .accept(&isLiveSetting, "^K_[A-Z_]+$", ErrorCode::settingUnknown)
                                   .example("\"K_RATE_LIMIT_LOGIN\"")));
}

ObjectSchema<SettingsHistoryRow> schemaFor(Of<SettingsHistoryRow> /*of*/) {
  return ObjectSchema<SettingsHistoryRow>("SettingsHistoryEntry", "One change of one setting")
      .field("version", &SettingsHistoryRow::version)
      .field("variable", &SettingsHistoryRow::variable)
      .field("before", &SettingsHistoryRow::before,
             rules().orNull().describe("as in the environment; null: it was not set here"))
      .field("after", &SettingsHistoryRow::after, rules().orNull())
      .field("changed_by", &SettingsHistoryRow::by, rules().orNull().describe("null: the operator (kctl)"))
      .field("changed_at", &SettingsHistoryRow::at)
      .field("request_id", &SettingsHistoryRow::requestId, rules().orNull());
}

}  // namespace ks
