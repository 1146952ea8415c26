// simulation [--seeds N] [--seed S] [--access N] [--access-seed S] [--trace] [--plant
// leak|stale|forgotten|openDoor|frozenCounter|forgetfulStep]
// Sequences of calls that look for somebody with more than was given to him: two a seed, or N (--access
// 10000).
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/logging.hpp"
#include "messages/banMessages.hpp"
#include "messages/factorInterfaces.hpp"
#include "messages/keyInterfaces.hpp"
#include "messages/recoveryMessages.hpp"
#include "test/simulation/accessRun.hpp"
#include "test/simulation/detectionRun.hpp"
#include "test/simulation/simRun.hpp"

namespace {

using ks::sim::Plant;
using ks::sim::RunOutcome;

constexpr std::array<std::pair<std::string_view, Plant>, 6> kPlants = {{
    {"leak", Plant::leak},
    {"stale", Plant::stale},
    {"forgotten", Plant::forgotten},
    {"openDoor", Plant::openDoor},
    {"frozenCounter", Plant::frozenCounter},
    {"forgetfulStep", Plant::forgetfulStep},
}};
/// A planted bug must be found within so many seeds.
constexpr std::uint64_t kPlantSeeds = 12;
constexpr std::uint64_t kSeedsPerDetection = 5;
constexpr std::uint64_t kAccessPerSeed = 0;

constexpr std::uint64_t kRegressions[] = {
#include "test/simulation/regressions.txt"
    1};

struct Arguments {
  std::uint64_t seeds = 1000;
  std::uint64_t only = 0;
  std::optional<std::uint64_t> access;
  std::uint64_t onlyAccess = 0;
  bool trace = false;
  Plant plant = Plant::none;
  bool good = true;
};

Arguments readArguments(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool more = i + 1 < argc;
    if (word == "--trace") {
      arguments.trace = true;
    } else if (word == "--seeds" && more) {
      arguments.seeds = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--seed" && more) {
      arguments.only = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--access" && more) {
      arguments.access = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--access-seed" && more) {
      arguments.onlyAccess = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--plant" && more) {
      const std::string_view wanted = argv[++i];
      for (const auto& [name, plant] : kPlants) {
        if (name == wanted) {
          arguments.plant = plant;
        }
      }
      arguments.good = arguments.good && arguments.plant != Plant::none;
    } else {
      arguments.good = false;
    }
  }
  return arguments;
}

/// Log lines of the actors go to standard output; ours are written past them.
std::FILE* takeStandardOutput() {
  std::FILE* out = ::fdopen(::dup(STDOUT_FILENO), "w");
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (out == nullptr || nowhere < 0 || ::dup2(nowhere, STDOUT_FILENO) < 0) {
    std::abort();
  }
  std::setvbuf(out, nullptr, _IOLBF, 1 << 16);
  return out;
}

class Tally {
 public:
  explicit Tally(std::FILE* out) : out_(out) {}

  void run(std::uint64_t seed, Plant plant, bool trace) {
    judge("seed", seed, runSeed(seed, plant, trace ? out_ : nullptr, out_),
          runSeed(seed, plant, nullptr, nullptr));
  }
  void runDetection(std::uint64_t seed) {
    using ks::sim::runDetectionSeed;
    judge("detection seed", seed, runDetectionSeed(seed, out_), runDetectionSeed(seed, nullptr));
  }
  void runAccess(std::uint64_t seed, Plant plant, bool trace) {
    judge("access seed", seed, ks::sim::runAccessSeed(seed, plant, trace ? out_ : nullptr, out_),
          std::nullopt);
  }
  void judge(const char* what, std::uint64_t seed, const RunOutcome& first,
             const std::optional<RunOutcome>& second) {
    steps_ += first.steps;
    for (const auto& [answer, count] : first.answers) {
      answers_[answer] += count;
    }
    if (second && (first.hash != second->hash || first.why != second->why)) {
      std::fprintf(out_, "%s %llu failed: two runs of it differ\n", what,
                   static_cast<unsigned long long>(seed));
      ++failed_;
    } else if (!first.why.empty()) {
      ++failed_;
    } else {
      ++passed_;
    }
  }
  void selfCheck(std::string_view name, Plant plant) {
    for (std::uint64_t seed = 1; seed <= kPlantSeeds; ++seed) {
      const auto outcome = ks::sim::runSeed(seed, plant, nullptr, nullptr);
      if (!outcome.why.empty()) {
        std::fprintf(out_, "planted bug %.*s found by seed %llu: %s\n", static_cast<int>(name.size()),
                     name.data(), static_cast<unsigned long long>(seed), outcome.why.c_str());
        ++passed_;
        return;
      }
    }
    std::fprintf(out_, "planted bug %.*s was not found\n", static_cast<int>(name.size()), name.data());
    ++failed_;
  }
  /// A process that hears no notices lets in what is over: it must be found.
  void selfCheckAccess() {
    for (std::uint64_t seed = 1; seed <= kPlantSeeds; ++seed) {
      if (!ks::sim::runAccessSeed(seed, Plant::stale, nullptr, nullptr).why.empty()) {
        ++passed_;
        return;
      }
    }
    std::fprintf(out_, "planted bug stale was not found by the sequences of calls\n");
    ++failed_;
  }
  int close(std::chrono::steady_clock::time_point begin) const {
    for (const auto& [what, count] : answers_) {
      std::fprintf(out_, "  %8llu %s\n", static_cast<unsigned long long>(count), what.c_str());
    }
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::fprintf(
        out_,
        "%llu steps, each seed run twice, each sequence of calls once, in %.1f s\n%d passed, %d failed\n",
        static_cast<unsigned long long>(steps_), seconds, passed_, failed_);
    std::fflush(out_);
    return failed_ == 0 ? 0 : 1;
  }

 private:
  std::FILE* out_;
  int passed_ = 0;
  int failed_ = 0;
  std::uint64_t steps_ = 0;
  std::map<std::string, std::uint64_t> answers_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = readArguments(argc, argv);
  if (!arguments.good) {
    std::fprintf(stderr,
                 "usage: simulation [--seeds N] [--seed S] [--access N] [--access-seed S] [--trace] "
                 "[--plant leak|stale|forgotten|openDoor|frozenCounter|forgetfulStep]\n");
    return 64;
  }
  caf::init_global_meta_objects<caf::id_block::kServices>();
  caf::init_global_meta_objects<caf::id_block::kFactors>();
  caf::init_global_meta_objects<caf::id_block::kRecovery>();
  caf::init_global_meta_objects<caf::id_block::kKeys>();
  caf::init_global_meta_objects<caf::id_block::kBans>();
  caf::core::init_global_meta_objects();
  ks::setLogLevel(ks::LogLevel::critical);
  Tally tally(takeStandardOutput());
  const auto begin = std::chrono::steady_clock::now();
  if (arguments.only != 0 || arguments.onlyAccess != 0) {
    if (arguments.only != 0) {
      tally.run(arguments.only, arguments.plant, arguments.trace);
    } else {
      tally.runAccess(arguments.onlyAccess, arguments.plant, arguments.trace);
    }
    return tally.close(begin);
  }
  for (std::uint64_t seed = 1; seed <= arguments.access.value_or(arguments.seeds * kAccessPerSeed); ++seed) {
    tally.runAccess(seed, arguments.plant, false);
  }
  if (arguments.plant == Plant::none && arguments.access) {
    tally.selfCheckAccess();
  }
  for (const auto seed : kRegressions) {
    tally.run(seed, arguments.plant, arguments.trace);
  }
  for (std::uint64_t seed = 2; seed <= arguments.seeds; ++seed) {
    tally.run(seed, arguments.plant, arguments.trace);
  }
  for (std::uint64_t seed = 1; seed <= arguments.seeds / kSeedsPerDetection; ++seed) {
    tally.runDetection(seed);
  }
  if (arguments.plant == Plant::none) {
    for (const auto& [name, plant] : kPlants) {
      tally.selfCheck(name, plant);
    }
  }
  return tally.close(begin);
}
