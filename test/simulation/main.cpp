// simulation [--seeds N] [--seed S] [--access N] [--access-seed S] [--payment-seed S] [--trace] [--plant
// leak|stale|forgotten|openDoor|frozenCounter|forgetfulStep|doubleCredit|lateRefusal|unknownIsFailed|refundRace|
// refundTwice|wrongScale|reusedId|doubleOrphan]
// Sequences of calls that search for excess rights: one per seed, or N (--access
// 10000). What is more than one seed is shared by two processes.
#include <fcntl.h>
#include <sys/wait.h>
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

#include "core/logging/logging.hpp"
#include "messages/account/factorInterfaces.hpp"
#include "messages/account/keyInterfaces.hpp"
#include "messages/account/recoveryMessages.hpp"
#include "messages/payment/paymentAdministrationMessages.hpp"
#include "messages/security/banMessages.hpp"
#include "test/simulation/access/accessRun.hpp"
#include "test/simulation/account/simRun.hpp"
#include "test/simulation/detection/detectionRun.hpp"
#include "test/simulation/payment/paymentRun.hpp"

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
constexpr std::array<std::pair<std::string_view, Plant>, 8> kPaymentPlants = {{
    {"doubleCredit", Plant::doubleCredit},
    {"lateRefusal", Plant::lateRefusal},
    {"unknownIsFailed", Plant::unknownIsFailed},
    {"refundRace", Plant::refundRace},
    {"refundTwice", Plant::refundTwice},
    {"wrongScale", Plant::wrongScale},
    {"reusedId", Plant::reusedId},
    {"doubleOrphan", Plant::doubleOrphan},
}};
/// A planted bug must be found within this number of seeds.
constexpr std::uint64_t kPlantSeeds = 48;
constexpr std::uint64_t kSeedsPerDetection = 5;
/// One of so many seeds is run twice, to see that two runs of it agree.
constexpr std::uint64_t kSeedsPerRepeated = 8;
constexpr std::uint64_t kAccessPerSeed = 1;
constexpr unsigned kWorkers = 2;

constexpr std::uint64_t kRegressions[] = {
#include "test/simulation/regressions.txt"
    1};

struct Arguments {
  std::uint64_t seeds = 1000;
  std::uint64_t only = 0;
  std::optional<std::uint64_t> access;
  std::uint64_t onlyAccess = 0;
  std::uint64_t onlyPayment = 0;
  bool trace = false;
  Plant plant = Plant::none;
  bool good = true;
};

Plant plantOf(std::string_view wanted) {
  for (const auto& [name, plant] : kPlants) {
    if (name == wanted) {
      return plant;
    }
  }
  for (const auto& [name, plant] : kPaymentPlants) {
    if (name == wanted) {
      return plant;
    }
  }
  return Plant::none;
}

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
    } else if (word == "--payment-seed" && more) {
      arguments.onlyPayment = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--plant" && more) {
      arguments.plant = plantOf(argv[++i]);
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

  /// Takes turns with the tallies of the other workers.
  void share(unsigned worker) { turn_ = worker; }
  bool mine() { return turn_++ % kWorkers == 0; }

  void run(std::uint64_t seed, Plant plant, bool trace) {
    const auto first = runSeed(seed, plant, trace ? out_ : nullptr, out_);
    judge("seed", seed, first,
          isRepeated(seed) ? std::optional(runSeed(seed, plant, nullptr, nullptr)) : std::nullopt);
  }
  void runDetection(std::uint64_t seed) {
    using ks::sim::runDetectionSeed;
    judge("detection seed", seed, runDetectionSeed(seed, out_), runDetectionSeed(seed, nullptr));
  }
  void runAccess(std::uint64_t seed, Plant plant, bool trace) {
    judge("access seed", seed, ks::sim::runAccessSeed(seed, plant, trace ? out_ : nullptr, out_),
          std::nullopt);
  }
  void runPayment(std::uint64_t seed, Plant plant, bool trace) {
    using ks::sim::runPaymentSeed;
    const auto first = runPaymentSeed(seed, plant, trace ? out_ : nullptr, out_);
    judge("payment seed", seed, first,
          isRepeated(seed) ? std::optional(runPaymentSeed(seed, plant, nullptr, nullptr)) : std::nullopt);
  }
  static bool isRepeated(std::uint64_t seed) { return seed % kSeedsPerRepeated == 1; }
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
  /// `runOne`: runSeed, or another of its kind.
  void selfCheck(std::string_view name, Plant plant,
                 RunOutcome (*runOne)(std::uint64_t, Plant, std::FILE*, std::FILE*)) {
    for (std::uint64_t seed = 1; seed <= kPlantSeeds; ++seed) {
      const auto outcome = runOne(seed, plant, nullptr, nullptr);
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
  /// A process without notifications accepts ended sessions: this must be detected.
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
  /// For add() of the process that waits for this one.
  void tell(std::FILE* to) const {
    std::fprintf(to, "%d %d %llu\n", passed_, failed_, static_cast<unsigned long long>(steps_));
    for (const auto& [what, count] : answers_) {
      std::fprintf(to, "%llu %s\n", static_cast<unsigned long long>(count), what.c_str());
    }
    std::fflush(to);
  }
  bool add(std::FILE* from) {
    int passed = 0;
    int failed = 0;
    unsigned long long number = 0;
    if (std::fscanf(from, "%d %d %llu\n", &passed, &failed, &number) != 3) {
      return false;
    }
    passed_ += passed;
    failed_ += failed;
    steps_ += number;
    for (std::array<char, 200> what{}; std::fscanf(from, "%llu %199[^\n]\n", &number, what.data()) == 2;) {
      answers_[what.data()] += number;
    }
    return true;
  }
  void lostWorker() {
    std::fprintf(out_, "a process of the simulation came to a bad end\n");
    ++failed_;
  }
  int close(std::chrono::steady_clock::time_point begin) const {
    for (const auto& [what, count] : answers_) {
      std::fprintf(out_, "  %8llu %s\n", static_cast<unsigned long long>(count), what.c_str());
    }
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::fprintf(out_, "%llu steps, one seed of eight run twice, in %.1f s\n%d passed, %d failed\n",
                 static_cast<unsigned long long>(steps_), seconds, passed_, failed_);
    std::fflush(out_);
    return failed_ == 0 ? 0 : 1;
  }

 private:
  std::FILE* out_;
  int passed_ = 0;
  int failed_ = 0;
  unsigned turn_ = 0;
  std::uint64_t steps_ = 0;
  std::map<std::string, std::uint64_t> answers_;
};

void runAll(const Arguments& arguments, Tally& tally) {
  for (std::uint64_t seed = 1; seed <= arguments.access.value_or(arguments.seeds * kAccessPerSeed); ++seed) {
    if (tally.mine()) {
      tally.runAccess(seed, arguments.plant, false);
    }
  }
  const bool honest = arguments.plant == Plant::none;
  if (honest && tally.mine()) {
    tally.selfCheckAccess();
  }
  for (const auto seed : kRegressions) {
    if (tally.mine()) {
      tally.run(seed, arguments.plant, arguments.trace);
    }
  }
  for (std::uint64_t seed = 2; seed <= arguments.seeds; ++seed) {
    if (tally.mine()) {
      tally.run(seed, arguments.plant, arguments.trace);
    }
  }
  for (std::uint64_t seed = 1; seed <= arguments.seeds / kSeedsPerDetection; ++seed) {
    if (tally.mine()) {
      tally.runDetection(seed);
    }
  }
  for (std::uint64_t seed = 1; seed <= arguments.seeds; ++seed) {
    if (tally.mine()) {
      tally.runPayment(seed, arguments.plant, false);
    }
  }
  for (const auto& [name, plant] : kPlants) {
    if (honest && tally.mine()) {
      tally.selfCheck(name, plant, ks::sim::runSeed);
    }
  }
  for (const auto& [name, plant] : kPaymentPlants) {
    if (honest && tally.mine()) {
      tally.selfCheck(name, plant, ks::sim::runPaymentSeed);
    }
  }
}

/// A process of its own that takes its turns of the work: what it prints, and what it counted.
struct Worker {
  pid_t pid = -1;
  std::FILE* printed = std::tmpfile();
  std::FILE* counted = std::tmpfile();

  void start(const Arguments& arguments, unsigned number) {
    pid = ::fork();
    if (pid == 0) {
      std::setvbuf(printed, nullptr, _IOLBF, 1 << 16);
      Tally tally(printed);
      tally.share(number);
      runAll(arguments, tally);
      std::fflush(printed);
      tally.tell(counted);
      ::_exit(0);
    }
  }
  void finish(std::FILE* out, Tally& tally) {
    int status = 0;
    const bool ended = pid > 0 && ::waitpid(pid, &status, 0) == pid && status == 0;
    std::rewind(printed);
    for (int each = std::fgetc(printed); each != EOF; each = std::fgetc(printed)) {
      std::fputc(each, out);
    }
    std::rewind(counted);
    if (!ended || !tally.add(counted)) {
      tally.lostWorker();
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = readArguments(argc, argv);
  if (!arguments.good) {
    std::fprintf(stderr,
                 "usage: simulation [--seeds N] [--seed S] [--access N] [--access-seed S] [--payment-seed S] "
                 "[--trace] [--plant leak|stale|forgotten|openDoor|frozenCounter|forgetfulStep|doubleCredit|"
                 "lateRefusal|unknownIsFailed|refundRace|refundTwice|wrongScale|reusedId|doubleOrphan]\n");
    return 64;
  }
  caf::init_global_meta_objects<caf::id_block::kServices>();
  caf::init_global_meta_objects<caf::id_block::kAccounts>();
  caf::init_global_meta_objects<caf::id_block::kFactors>();
  caf::init_global_meta_objects<caf::id_block::kRecovery>();
  caf::init_global_meta_objects<caf::id_block::kKeys>();
  caf::init_global_meta_objects<caf::id_block::kPayments>();
  caf::init_global_meta_objects<caf::id_block::kRefunds>();
  caf::init_global_meta_objects<caf::id_block::kPaymentAdministration>();
  caf::init_global_meta_objects<caf::id_block::kBans>();
  caf::core::init_global_meta_objects();
  ks::setLogLevel(ks::LogLevel::critical);
  std::FILE* out = takeStandardOutput();
  Tally tally(out);
  const auto begin = std::chrono::steady_clock::now();
  if (arguments.only != 0) {
    tally.run(arguments.only, arguments.plant, arguments.trace);
    return tally.close(begin);
  }
  if (arguments.onlyAccess != 0) {
    tally.runAccess(arguments.onlyAccess, arguments.plant, arguments.trace);
    return tally.close(begin);
  }
  if (arguments.onlyPayment != 0) {
    tally.runPayment(arguments.onlyPayment, arguments.plant, arguments.trace);
    return tally.close(begin);
  }
  std::array<Worker, kWorkers> workers;
  for (unsigned i = 0; i < kWorkers; ++i) {
    workers[i].start(arguments, i);
  }
  for (auto& each : workers) {
    each.finish(out, tally);
  }
  return tally.close(begin);
}
