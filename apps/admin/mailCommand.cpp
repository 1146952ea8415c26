#include "apps/admin/mailCommand.hpp"

#include <algorithm>
#include <iostream>
#include <string_view>

#include "apps/wiring/runServer.hpp"
#include "core/text/timeText.hpp"
#include "persistence/sql/outboxReport.hpp"

namespace ks {
namespace {

int unreadable(const char* what, const Fault& fault) {
  std::cerr << what << ": " << (fault.detail.empty() ? fault.message : fault.detail) << '\n';
  return kExitUnavailable;
}

}  // namespace

int runMailCommand(int argc, char** argv) {
  if (argc != 3 || std::string_view{argv[2]} != "outbox") {
    std::cerr << "usage: k-admin mail outbox\n";
    return kExitUsage;
  }
  int status = 0;
  const auto loaded = settingsOrStatus(".env", status);
  if (status != 0) {
    return status;
  }
  PostgresConfig config;
  config.url = std::string{loaded.settings.databaseUrl.reveal()};
  config.applicationName = "k-admin mail";
  config.timeout = loaded.settings.databaseTimeout;
  PostgresSession session{config};
  if (auto connected = session.connect(); !connected) {
    return unreadable("The database cannot be reached; is K_DATABASE_URL right?", connected.fault());
  }
  const auto outbox = readOutbox(session);
  if (!outbox.ok()) {
    return unreadable("The outbox cannot be read", outbox.fault());
  }
  for (const auto& mail : outbox.value()) {
    std::cout << mail.id.toString() << "  " << mail.mailTemplate << "  made " << formatTime(mail.createdAt)
              << "  tries " << mail.attempts << "  "
              << (mail.nextTryAt ? "next " + formatTime(*mail.nextTryAt) : std::string{"given up"})
              << (mail.lastError.empty() ? "" : "  ") << mail.lastError << '\n';
  }
  if (outbox.value().empty()) {
    std::cout << "Nothing waits to be sent.\n";
  }
  return std::any_of(outbox.value().begin(), outbox.value().end(),
                     [](const OutboxEntry& mail) { return !mail.nextTryAt; })
             ? 1
             : 0;
}

}  // namespace ks
