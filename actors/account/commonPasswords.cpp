#include "actors/account/commonPasswords.hpp"

#include <stdexcept>

extern "C" {
// Made by cmake/passwordFilter.cmake.
extern const unsigned char ksPasswordFilterBegin[];
extern const unsigned char ksPasswordFilterEnd[];
}

namespace ks {

const PasswordFilter& commonPasswords() {
  static const auto filter = [] {
    auto opened = PasswordFilter::open(
        {ksPasswordFilterBegin, static_cast<std::size_t>(ksPasswordFilterEnd - ksPasswordFilterBegin)});
    if (!opened) {
      throw std::logic_error("the filter of common passwords is damaged");
    }
    return *opened;
  }();
  return filter;
}

}  // namespace ks
