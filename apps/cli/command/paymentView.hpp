#pragma once
#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "apps/cli/command/adminList.hpp"

// What the actions of `kctl payments` have in common.
namespace ks::cli {

/// `10000.00 IDR`; empty for null.
[[nodiscard]] std::string moneyText(const Json& object, const char* name);

/// `PATH?limit=N` with the options that were given, each under its name in the query.
[[nodiscard]] std::string pageQuery(const CommandLine& line, const std::string& path,
                                    std::initializer_list<std::pair<const char*, const char*>> names);
int showPage(const CommandLine& line, CliContext& context, const std::string& target, const AdminList& list);

/// What the record has, a line for each member.
void printRecord(const CliContext& context, const Json& record);

/// `--wait SECONDS`; nothing, and the reason on `err`, if it is none.
std::optional<std::chrono::seconds> waitOption(const CommandLine& line, const CliContext& context,
                                               std::chrono::seconds fallback);

/// GETs `target` until `ended` says yes or the time is over; the last answer. Nothing as of askAdmin.
std::optional<Json> askUntil(CliContext& context, const std::string& target, std::chrono::seconds patience,
                             const std::function<bool(const Json&)>& ended, int& status);

}  // namespace ks::cli
