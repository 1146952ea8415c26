#pragma once

namespace ks {

/// `k-admin mail outbox`: mails that wait in the outbox or were given up within a week, the newest 100. Ends
/// with 1 when something was given up.
int runMailCommand(int argc, char** argv);

}  // namespace ks
