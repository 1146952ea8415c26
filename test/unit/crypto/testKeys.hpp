#pragma once
#include <string>

#include "crypto/keyring.hpp"

namespace ks {

inline const std::string kFirstKey = "k1:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=";
inline const std::string kSecondKey = "k2:dXRzcnFwb25tbGtqaWhnZmVkY2JhOTg3NjU0MzIxMDA=";

inline KeyringPtr testKeyring(const std::string& keys = kFirstKey) {
  return Keyring::parse(SecretText(keys)).value();
}

}  // namespace ks
