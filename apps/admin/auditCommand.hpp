#pragma once

namespace ks {

/// `k-admin audit verify | seal`: checks the whole audit chain, or reseals it. `verify` ends with 1 when
/// something is not as it was written.
int runAuditCommand(int argc, char** argv);

}  // namespace ks
