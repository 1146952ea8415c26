#include <ostream>

#include "apps/cli/commands.hpp"
#include "apps/cli/processQuery.hpp"
#include "apps/cli/view/textTable.hpp"
#include "core/text/requestId.hpp"

namespace ks::cli {
namespace {

Tone toneOf(const Json& entry) {
  const auto state = textOf(entry, "state");
  if (state == "ERROR" || state == "CRITICAL" || state.starts_with('5')) {
    return Tone::bad;
  }
  return state == "WARNING" || state == "fail" || state == "deny" || state.starts_with('4') ? Tone::warning
                                                                                            : Tone::plain;
}

/// The most useful details of an entry that fit on a line.
std::string detailsOf(const Json& entry) {
  std::string text;
  const auto found = entry.find("details");
  if (found == entry.end() || !found->is_object()) {
    return text;
  }
  for (const char* name : {"label", "reason", "detail", "code", "message", "actor_id", "target_type",
                           "target_id", "remote_ip", "latency_ms", "backend_latency_ms", "duration_ms"}) {
    const auto value = found->find(name);
    if (value == found->end() || value->is_null()) {
      continue;
    }
    text.append(text.empty() ? "" : " ").append(name).append("=");
    text += printable(value->is_string() ? value->get<std::string>() : value->dump());
  }
  return text;
}

}  // namespace

int runTrace(const CommandLine& line, CliContext& context) {
  if (!isRequestId(line.argument)) {
    complain(context, "\"trace\" needs a request's or a payment's id: 1 to 64 of A-Z a-z 0-9 - _ .");
    return kUsage;
  }
  const auto answer = askProcess("admin", context, "/control/trace/" + line.argument);
  if (!answer.reachable) {
    complain(context, answer.problem);
    return kUnreachable;
  }
  const auto& entries = listOf(answer.body, "entries");
  if (line.json()) {
    Json out = jsonAnswer("trace");
    for (const auto& [name, value] : answer.body.items()) {
      out[name] = value;
    }
    printJson(context.out, out);
  } else if (entries.empty()) {
    context.out << "Nothing is stored of " << line.argument << " in the last seven days.\n";
  } else {
    TextTable table({{"AT"}, {"SOURCE"}, {"SERVICE"}, {"STATE"}, {"WHAT"}, {"DETAILS"}});
    for (const auto& entry : entries) {
      table.add({{textOf(entry, "at")},
                 {textOf(entry, "source")},
                 {textOf(entry, "service"), Tone::faint},
                 {textOf(entry, "state"), toneOf(entry)},
                 {shortened(textOf(entry, "summary"), 60)},
                 {detailsOf(entry), Tone::faint}});
    }
    context.out << table.render(context.style);
  }
  return entries.empty() ? kDegraded : kOk;
}

}  // namespace ks::cli
