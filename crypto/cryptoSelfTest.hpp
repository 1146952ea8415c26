#pragma once
#include "core/result.hpp"
#include "crypto/fieldCipher.hpp"

namespace ks {

/// Tests every primitive in use against published known answers (milliseconds). At start; fault `internal`
/// names what is broken.
Result<Done> cryptoSelfTest();

/// Seals and opens a random value with the cipher in use and compares. Microseconds; for health checks.
Result<Done> cryptoRoundTrip(const FieldCipher& cipher);

}  // namespace ks
