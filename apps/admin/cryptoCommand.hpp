#pragma once

namespace ks {

/// `k-admin crypto rotate | status`: reseals under the primary master key what is under another one. Runs
/// while the servers run, may be stopped at any time and started again. Exit status as runServer(), and 1
/// when something is left under another key.
int runCryptoCommand(int argc, char** argv);

}  // namespace ks
