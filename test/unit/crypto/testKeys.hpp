#pragma once
#include <memory>
#include <string>

#include "crypto/auditSealer.hpp"
#include "crypto/keyring.hpp"

namespace ks {

inline const std::string kFirstKey = "k1:MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=";
inline const std::string kSecondKey = "k2:dXRzcnFwb25tbGtqaWhnZmVkY2JhOTg3NjU0MzIxMDA=";

inline KeyringPtr testKeyring(const std::string& keys = kFirstKey) {
  return Keyring::parse(SecretText(keys)).value();
}

inline std::shared_ptr<const AuditSealerInterface> testSealer() {
  return std::make_shared<const AuditSealer>(testKeyring());
}

}  // namespace ks
