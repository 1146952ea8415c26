#pragma once
#include <string>
#include <vector>

#include "http/routing/listAnswer.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/settingsMessages.hpp"

// Inputs and outputs of the settings routes. Values have the JSON types of their kinds, made from the table
// of settings.
namespace ks {

/// Which settings may be changed while running.
[[nodiscard]] bool isLiveSetting(std::string_view variable);

/// A change whose values have the JSON types of their settings; null: reset.
struct TypedWishes {
  SettingWishes values;
};
/// A change with texts as in the environment.
struct TextWishes {
  SettingWishes values;
};
/// Texts, written in the JSON types of their settings.
struct TypedSettings {
  std::map<std::string, std::string, std::less<>> values;
};

template <class Wishes>
struct WishesInput {
  Wishes settings;
};
ObjectSchema<WishesInput<TypedWishes>> schemaFor(Of<WishesInput<TypedWishes>> of);
ObjectSchema<WishesInput<TextWishes>> schemaFor(Of<WishesInput<TextWishes>> of);

struct SettingOutput {
  std::string variable;
  std::string description;
  std::string allowed;
  std::string origin;
  bool superadminOnly = false;
};
struct SettingsOutput {
  std::int64_t version = 0;
  TypedSettings values;
  std::vector<SettingOutput> settings;
};
ObjectSchema<SettingsOutput> schemaFor(Of<SettingsOutput> of);
SettingsOutput settingsOutputOf(const LiveSettings& live);

ObjectSchema<ListSettingsHistory> schemaFor(Of<ListSettingsHistory> of);
ObjectSchema<SettingsHistoryRow> schemaFor(Of<SettingsHistoryRow> of);

}  // namespace ks
