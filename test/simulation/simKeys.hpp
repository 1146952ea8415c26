#pragma once
#include "crypto/keyring.hpp"

namespace ks::sim {

/// One keyring for all seeds: its memory is guarded, which costs time to make.
inline KeyringPtr simKeyring() {
  static const KeyringPtr keyring =
      Keyring::parse(SecretText{"k1:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY="}).value();
  return keyring;
}

}  // namespace ks::sim
