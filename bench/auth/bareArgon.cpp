// What the machine can do at most: Argon2id with the parameters of k-services, nothing else, on every core.
// bareArgon SECONDS: prints the verifications a second of all threads together.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "crypto/passwordHash.hpp"
#include "crypto/sodiumRandomSource.hpp"

int main(int argc, char** argv) {
  const std::chrono::duration<double> length(argc > 1 ? std::atof(argv[1]) : 5.0);
  const ks::SecretText password("correct horse battery staple");
  ks::SodiumRandomSource random;
  const auto hash = ks::hashPassword(password, ks::Argon2Parameters{}, random);
  if (!hash) {
    std::fprintf(stderr, "no hash\n");
    return 1;
  }
  std::atomic<long> done{0};
  std::vector<std::thread> threads;
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      while (std::chrono::steady_clock::now() - begin < length) {
        const auto right = ks::verifyPassword(hash.value(), password);
        if (!right || !right.value()) {
          std::abort();
        }
        ++done;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%.2f\n", static_cast<double>(done.load()) / took.count());
}
