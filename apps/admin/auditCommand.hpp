#pragma once

namespace ks {

/// `k-admin audit verify | seal`: walks the whole audit chain; seals it anew. `verify` ends with 1 when
/// something is not as it was written.
int runAuditCommand(int argc, char** argv);

}  // namespace ks
