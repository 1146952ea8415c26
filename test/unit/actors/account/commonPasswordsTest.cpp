#include "actors/account/commonPasswords.hpp"

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iostream>
#include <random>
#include <string>

namespace ks {

TEST_CASE("every common password of eight characters and more is known", "[commonPasswords]") {
  std::ifstream list(KS_PASSWORD_LIST, std::ios::binary);
  REQUIRE(list);
  std::size_t known = 0;
  std::size_t missed = 0;
  std::size_t longEnough = 0;
  for (std::string line; std::getline(list, line);) {
    if (const auto form = passwordFilterForm(line)) {
      ++(commonPasswords().mayContain(*form) ? known : missed);
      longEnough += form->size() >= 15 ? 1 : 0;
    }
  }
  CHECK(missed == 0);
  CHECK(known >= commonPasswords().entries());
  CHECK(commonPasswords().entries() > 470'000);
  CHECK(longEnough > 3'000);  // ASVS 6.2.4
}

TEST_CASE("hardly any other password is taken for a common one", "[commonPasswords]") {
  CHECK(commonPasswords().falsePositives() <= PasswordFilter::kMostFalsePositives);
  std::mt19937_64 random{20'261'121};
  std::size_t found = 0;
  constexpr std::size_t kTries = 1'000'000;
  for (std::size_t i = 0; i < kTries; ++i) {
    std::string password(16, ' ');
    for (auto& c : password) {
      c = static_cast<char>('!' + random() % 94);
    }
    found += commonPasswords().mayContain(password) ? 1 : 0;
  }
  std::cout << found << " of " << kTries << " random passwords are taken for common ones; by calculation "
            << commonPasswords().falsePositives() << " of all\n";
  CHECK(found <= 2);
}

}  // namespace ks
