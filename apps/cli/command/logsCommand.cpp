#include <filesystem>
#include <ostream>
#include <thread>

#include "apps/cli/commands.hpp"
#include "apps/cli/controlClient.hpp"
#include "apps/cli/processQuery.hpp"

namespace ks::cli {
namespace {

constexpr std::chrono::milliseconds kAskEvery{100};
constexpr std::chrono::seconds kTellEvery{2};
// Without a byte of progress in this time something is wrong that waiting does not solve.
constexpr std::chrono::minutes kStuckAfter{5};

/// For a query: everything except letters, digits and a few harmless characters as %XX.
std::string percentEncoded(const std::string& text) {
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
        std::string_view("/._-").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

std::string sourceOf(const CommandLine& line, const std::string& path) {
  const bool honeypot = std::filesystem::path(path).filename().string().starts_with("dos_attempts");
  return line.value("--source", honeypot ? "dos" : "access");
}

std::string megabytes(const Json& body, const char* name) {
  return std::to_string(static_cast<std::uint64_t>(numberOf(body, name)) >> 20U);
}

/// One file: starts the import and waits for its end. Reports failures in `problem`.
class LogImport {
 public:
  LogImport(CliContext& context, std::string socket, const CommandLine& line, const std::string& file)
      : context_(context), socket_(std::move(socket)), quiet_(line.json()) {
    path_ = std::filesystem::absolute(file).lexically_normal().string();
    source_ = sourceOf(line, path_);
  }

  /// The exit code; `body` is what the process said last.
  int run(Json& body) {
    Json request;
    request["path"] = path_;
    request["source"] = source_;
    if (const int code = ask("POST", "/control/logs/imports", request.dump(), body); code != kOk) {
      return code;
    }
    const std::string target = "/control/logs/imports?path=" + percentEncoded(path_) + "&source=" + source_;
    auto moved = std::chrono::steady_clock::now();
    auto told = moved;
    for (double last = -1; textOf(body, "state") == "waiting" || textOf(body, "state") == "reading";) {
      std::this_thread::sleep_for(kAskEvery);
      if (const int code = ask("GET", target, {}, body); code != kOk) {
        return code;
      }
      const auto now = std::chrono::steady_clock::now();
      if (numberOf(body, "offset") != last) {
        last = numberOf(body, "offset");
        moved = now;
      } else if (now - moved > kStuckAfter) {
        complain(context_, printable(path_) +
                               ": no progress for five minutes; kctl status and "
                               "kctl ps show why. The import continues");
        return kDegraded;
      }
      if (!quiet_ && now - told > kTellEvery) {
        told = now;
        context_.err << printable(path_) << ": " << countOf(body, "lines") << " lines, "
                     << megabytes(body, "offset") << " of " << megabytes(body, "size") << " MiB\n";
      }
    }
    if (textOf(body, "state") == "failed") {
      complain(context_, printable(textOf(body, "note")));
      return kDegraded;
    }
    if (!quiet_) {
      context_.out << summary(body);
    }
    return kOk;
  }

 private:
  int ask(const char* method, const std::string& target, const std::string& request, Json& body) {
    const auto reply = askProcess(socket_, method, target, request, std::chrono::seconds{15});
    if (reply.status == 0) {
      complain(context_, unreachableText("admin", socket_, reply.error));
      return kUnreachable;
    }
    auto parsed = Json::parse(reply.body, nullptr, false);
    if (reply.status == 404) {
      complain(context_, printable(path_) +
                             ": k-admin was restarted meanwhile. Import it again: nothing is stored twice");
      return kDegraded;
    }
    if (reply.status != 200 || !parsed.is_object()) {
      complain(context_, printable(path_) + ": k-admin answered " + std::to_string(reply.status) +
                             "; see why: ./k logs k-admin");
      return kDegraded;
    }
    body = std::move(parsed);
    return kOk;
  }

  std::string summary(const Json& body) const {
    std::string text = printable(path_) + ": " + countOf(body, "lines") + " lines";
    for (const auto& [name, what] :
         {std::pair{"bad_lines", " bad"}, std::pair{"too_old_lines", " too old"}}) {
      text += numberOf(body, name) > 0 ? ", " + countOf(body, name) + what : "";
    }
    const std::string note = textOf(body, "note");
    return text + (note.empty() ? "" : "; " + printable(note)) + "\n";
  }

  CliContext& context_;
  std::string socket_;
  bool quiet_;
  std::string path_;
  std::string source_;
};

}  // namespace

int runLogs(const CommandLine& line, CliContext& context) {
  const auto socket = context.controlSocket("admin");
  if (!socket) {
    return kUnreachable;
  }
  Json answer = jsonAnswer("logs");
  answer["action"] = line.action;
  answer["files"] = Json::array();
  int worst = kOk;
  for (const auto& file : line.arguments) {
    Json body;
    const int code = LogImport(context, *socket, line, file).run(body);
    if (body.is_object()) {
      answer["files"].push_back(std::move(body));
    }
    worst = std::max(worst, code);
    if (code == kUnreachable) {
      break;
    }
  }
  if (line.json()) {
    printJson(context.out, answer);
  }
  return worst;
}

}  // namespace ks::cli
