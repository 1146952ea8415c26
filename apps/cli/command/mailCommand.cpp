#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <ostream>
#include <thread>

#include "apps/cli/commands.hpp"
#include "apps/cli/mailFile.hpp"
#include "apps/cli/processQuery.hpp"
#include "apps/cli/view/textTable.hpp"
#include "core/text/identifierFold.hpp"

namespace ks::cli {
namespace {

constexpr int kMaxWaitS = 60;
constexpr std::chrono::milliseconds kLookEvery{100};

Json mailJson(const MailFile& mail, bool whole) {
  Json entry;
  entry["id"] = mail.id;
  entry["date"] = mail.date;
  entry["to"] = mail.to;
  entry["subject"] = mail.subject;
  if (whole) {
    entry["text"] = mail.text;
    entry["link"] = mailLink(mail);
    entry["token"] = mailToken(mail);
  }
  return entry;
}

int listMails(const CommandLine& line, CliContext& context, const MailFolder& folder) {
  if (line.json()) {
    Json mails = Json::array();
    for (const auto& mail : folder.mails) {
      mails.push_back(mailJson(mail, false));
    }
    printAction(line, context, {{"mails", mails}});
  } else if (folder.mails.empty()) {
    context.out << "The mailbox is empty.\n";
  } else {
    TextTable table({{"ID"}, {"DATE"}, {"TO"}, {"SUBJECT"}});
    for (const auto& mail : folder.mails) {
      table.add(
          {{printable(mail.id)}, {printable(mail.date)}, {printable(mail.to)}, {printable(mail.subject)}});
    }
    context.out << table.render(context.style);
  }
  return kOk;
}

int showMail(const CommandLine& line, CliContext& context, const MailFile& mail) {
  if (line.json()) {
    printAction(line, context, {{"mail", mailJson(mail, true)}});
    return kOk;
  }
  const bool wantsToken = line.has("--token");
  if (wantsToken || line.has("--link")) {
    const std::string value = wantsToken ? mailToken(mail) : mailLink(mail);
    if (value.empty()) {
      complain(context, "the mail " + mail.id + " has no " + (wantsToken ? "token" : "link"));
      return kDegraded;
    }
    context.out << printable(value) << "\n";
    return kOk;
  }
  const auto header = [&context](const char* name, const std::string& value) {
    context.out << context.style.paint(Tone::strong, name) << " " << printable(value) << "\n";
  };
  header("Id:     ", mail.id);
  header("Date:   ", mail.date);
  header("To:     ", mail.to);
  header("Subject:", mail.subject);
  context.out << "\n" << printable(mail.text, true) << (mail.text.ends_with('\n') ? "" : "\n");
  return kOk;
}

/// The newest mail (to the address), waiting until `until` at most.
std::optional<MailFile> awaitMail(const std::string& path, const std::string& to,
                                  std::chrono::steady_clock::time_point until) {
  for (;;) {
    const auto folder = readMailFolder(path);
    const auto found = std::find_if(folder.mails.begin(), folder.mails.end(),
                                    [&to](const auto& mail) { return to.empty() || mail.to == to; });
    if (found != folder.mails.end()) {
      return *found;
    }
    if (std::chrono::steady_clock::now() >= until) {
      return std::nullopt;
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

int latestMail(const CommandLine& line, CliContext& context, const std::string& path) {
  int waitS = 0;
  const std::string given = line.value("--wait", "0");
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), waitS);
  if (error != std::errc{} || end != given.data() + given.size() || waitS < 0 || waitS > kMaxWaitS) {
    complain(context, "--wait takes 0 to " + std::to_string(kMaxWaitS) + " seconds, not \"" + given + "\"");
    return kUsage;
  }
  const std::string to = line.value("--to");
  const auto mail = awaitMail(path, normalizeEmail(to).value_or(to),
                              std::chrono::steady_clock::now() + std::chrono::seconds{waitS});
  if (!mail) {
    complain(context, line.has("--to") ? "there is no mail to " + to : std::string("the mailbox is empty"));
    return kDegraded;
  }
  return showMail(line, context, *mail);
}

}  // namespace

int runMail(const CommandLine& line, CliContext& context) {
  if (line.action == "outbox") {
    return runAdminProgram(line, context);
  }
  const auto path = context.folder("K_MAIL_DIR", &Settings::mailDir);
  if (!path) {
    return kUnreachable;
  }
  const auto folder = readMailFolder(*path);
  if (!folder.problem.empty()) {
    complain(context, folder.problem + ". ./k up creates it; K_MAIL_DIR sets another");
    return kUnreachable;
  }
  if (line.action == "list") {
    return listMails(line, context, folder);
  }
  if (line.action == "latest") {
    return latestMail(line, context, *path);
  }
  const auto found = std::find_if(folder.mails.begin(), folder.mails.end(),
                                  [&line](const auto& mail) { return mail.id == line.argument; });
  if (found == folder.mails.end()) {
    complain(context, "there is no mail " + line.argument + "; kctl mail list shows the ids");
    return kDegraded;
  }
  return showMail(line, context, *found);
}

}  // namespace ks::cli
