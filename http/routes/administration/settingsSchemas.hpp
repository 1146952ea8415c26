#pragma once
#include <string>
#include <vector>

#include "http/routing/listSchema.hpp"
#include "http/schema/objectSchema.hpp"
#include "messages/administration/settingsRecords.hpp"

// Inputs and outputs of the settings routes. Values have the JSON types of their kinds, made from the table
// of settings.
namespace ks {

/// Which settings may be changed while running.
[[nodiscard]] bool isLiveSetting(std::string_view variable);

/// A wish whose values have the JSON types of their settings; null: back to where it came from before.
struct TypedWishes {
  SettingWishes values;
};
/// A wish of texts as the environment would have them.
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
const ObjectSchema<WishesInput<TypedWishes>>& settingsChangeSchema();
const ObjectSchema<WishesInput<TextWishes>>& controlSettingsChangeSchema();

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
const ObjectSchema<SettingsOutput>& settingsSchema();
SettingsOutput settingsOutputOf(const LiveSettings& live);

struct SettingsHistoryInput {
  std::string variable;
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<SettingsHistoryInput>& settingsHistoryQuerySchema();
const ListSchema<SettingsHistoryRow>& settingsHistorySchema();

}  // namespace ks
