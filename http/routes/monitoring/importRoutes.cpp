#include "http/routes/monitoring/importRoutes.hpp"

#include <climits>

#include "http/routing/controlSpec.hpp"

namespace ks {
namespace {

struct ImportInput {
  std::string path;
  std::string source;
};

bool isAbsolutePath(std::string_view text) {
  return text.starts_with('/') && text.find('\0') == std::string_view::npos;
}

ObjectSchema<ImportInput> schemaFor(Of<ImportInput> /*of*/) {
  return ObjectSchema<ImportInput>("LogImportInput", "A log file and what it holds")
      .field("path", &ImportInput::path,
             rules().length(1, PATH_MAX).accept(&isAbsolutePath, "^/").describe("absolute"))
      .field("source", &ImportInput::source, rules().oneOf({"access", "dos"}));
}

}  // namespace

ObjectSchema<LogImportProgress> schemaFor(Of<LogImportProgress> /*of*/) {
  return ObjectSchema<LogImportProgress>("LogImport")
      .field("path", &LogImportProgress::path)
      .field("source", &LogImportProgress::source)
      .field("state", &LogImportProgress::state,
             EnumNames<LogImportState>{{LogImportState::waiting, "waiting"},
                                       {LogImportState::reading, "reading"},
                                       {LogImportState::done, "done"},
                                       {LogImportState::failed, "failed"}})
      .field("offset", &LogImportProgress::offset)
      .field("size", &LogImportProgress::size)
      .field("lines", &LogImportProgress::lines)
      .field("bad_lines", &LogImportProgress::badLines)
      .field("oversized_lines", &LogImportProgress::oversizedLines)
      .field("too_old_lines", &LogImportProgress::tooOldLines)
      .field("note", &LogImportProgress::note);
}

void addImportRoutes(RouteTable& routes, const std::function<LogTailActor(const std::string& source)>& tail) {
  routes.add(controlSpec(HttpMethod::post, "/control/logs/imports", "controlImportLog",
                         "Read a log file beside those that are followed"),
             ok("Begun, or refused"), [tail](const RequestCall<ImportInput>& call) {
               return call.ask(tail(call.body.source), ImportLogFile{call.body.path});
             });
  routes.add(controlSpec(HttpMethod::get, "/control/logs/imports", "controlLogImport",
                         "How far the import of a file is"),
             ok("The import"), [tail](const QueryCall<ImportInput>& call) {
               return call.ask(tail(call.query.source), LogImportQuery{call.query.path});
             });
}

}  // namespace ks
