// The machine's upper limit: Argon2id of libsodium with the parameters of k-services, nothing else, on
// every core. bareArgon SECONDS: prints {"per_second": verifications of all threads together,
// "implementation": libsodium's choice}.
#include <sodium.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

#include "crypto/passwordHash.hpp"

namespace {

constexpr std::string_view kPassword = "correct horse battery staple";

/// libsodium picks the widest that the processor has, but only once it is initialised.
const char* implementation() {
  return sodium_runtime_has_avx512f() != 0 ? "AVX-512"
         : sodium_runtime_has_avx2() != 0  ? "AVX2"
         : sodium_runtime_has_ssse3() != 0 ? "SSSE3"
                                           : "reference";
}

}  // namespace

int main(int argc, char** argv) {
  const std::chrono::duration<double> length(argc > 1 ? std::atof(argv[1]) : 5.0);
  const ks::Argon2Parameters parameters;
  std::array<char, crypto_pwhash_STRBYTES> phc{};
  if (sodium_init() < 0 ||
      crypto_pwhash_str_alg(phc.data(), kPassword.data(), kPassword.size(), parameters.passes,
                            static_cast<std::size_t>(parameters.memoryKib) * 1024,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    std::fprintf(stderr, "no hash\n");
    return 1;
  }
  std::atomic<long> done{0};
  std::vector<std::thread> threads;
  const auto begin = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back([&] {
      while (std::chrono::steady_clock::now() - begin < length) {
        if (crypto_pwhash_str_verify(phc.data(), kPassword.data(), kPassword.size()) != 0) {
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
  std::printf("{\"per_second\": %.2f, \"implementation\": \"%s\"}\n",
              static_cast<double>(done.load()) / took.count(), implementation());
}
