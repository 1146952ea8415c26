#include "apps/cli/command/paymentView.hpp"

#include <charconv>
#include <ostream>
#include <thread>

#include "apps/cli/exitCode.hpp"

namespace ks::cli {
namespace {

constexpr std::chrono::milliseconds kAskAgainAfter{250};
constexpr int kLongestWaitS = 3600;

std::string memberText(const Json& record, const std::string& name, const Json& value) {
  if (value.is_object() && value.contains("value")) {
    return moneyText(record, name.c_str());
  }
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

std::string moneyText(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_object()
             ? textOf(*found, "value") + " " + textOf(*found, "currency")
             : std::string{};
}

std::string pageQuery(const CommandLine& line, const std::string& path,
                      std::initializer_list<std::pair<const char*, const char*>> names) {
  std::string target = path + "?limit=" + pathSegment(line.value("--limit", "50"));
  for (const auto& [option, name] : names) {
    if (const auto value = line.value(option); !value.empty()) {
      target.append("&").append(name).append("=").append(pathSegment(value));
    }
  }
  return target;
}

int showPage(const CommandLine& line, CliContext& context, const std::string& target, const AdminList& list) {
  int status = kOk;
  const auto answer = askAdmin(context, "GET", target, {}, status);
  if (!answer) {
    return status;
  }
  const auto page = answer->value("page", Json::object());
  if (line.json()) {
    printAction(line, context, {{list.name, listOf(*answer, "data")}, {"page", page}});
    return kOk;
  }
  printTable(context, list, listOf(*answer, "data"));
  if (flagOf(page, "has_more")) {
    context.out << "There are more: --cursor " << textOf(page, "next_cursor") << "\n";
  }
  return kOk;
}

void printRecord(const CliContext& context, const Json& record) {
  TextTable table({{""}, {""}});
  for (const auto& [name, value] : record.items()) {
    if (!value.is_null()) {
      table.add({{name}, {printable(memberText(record, name, value))}});
    }
  }
  context.out << table.render(context.style);
}

std::optional<std::chrono::seconds> waitOption(const CommandLine& line, const CliContext& context,
                                               std::chrono::seconds fallback) {
  if (!line.has("--wait")) {
    return fallback;
  }
  const auto text = line.value("--wait");
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > kLongestWaitS) {
    complain(context,
             "--wait takes 0 to " + std::to_string(kLongestWaitS) + " seconds, not \"" + text + "\"");
    return std::nullopt;
  }
  return std::chrono::seconds{seconds};
}

std::optional<Json> askUntil(CliContext& context, const std::string& target, std::chrono::seconds patience,
                             const std::function<bool(const Json&)>& ended, int& status) {
  const auto until = std::chrono::steady_clock::now() + patience;
  for (;;) {
    auto answer = askAdmin(context, "GET", target, {}, status);
    if (!answer || ended(*answer) || std::chrono::steady_clock::now() >= until) {
      return answer;
    }
    std::this_thread::sleep_for(kAskAgainAfter);
  }
}

}  // namespace ks::cli
