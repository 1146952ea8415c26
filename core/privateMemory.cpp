#include "core/privateMemory.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace ks {

void keepMemoryPrivate() noexcept {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace ks
