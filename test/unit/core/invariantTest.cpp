#include "core/invariant.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <string>

using namespace ks;

namespace {

std::string told;

struct Lenient {
  Lenient() { abortOnBrokenInvariant(false); }
  ~Lenient() {
    abortOnBrokenInvariant(true);
    observeBrokenInvariants(nullptr);
  }
};

}  // namespace

TEST_CASE("a state that must never be ends the operation, is told and counted", "[invariant]") {
  const Lenient lenient;
  observeBrokenInvariants(
      [](const char* rule, const char* place) { told = std::string(place) + " " + rule; });
  const auto before = brokenInvariants();
  ensure(true, "what holds");
  CHECK(brokenInvariants() == before);
  CHECK_THROWS_AS(ensure(false, "two and two are four"), InvariantBroken);
  CHECK(brokenInvariants() == before + 1);
  CHECK(told.starts_with("invariantTest.cpp:"));
  CHECK(told.ends_with("two and two are four"));
}

TEST_CASE("tests abort there", "[invariant]") {
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);
    try {
      ensure(false, "never");
    } catch (const InvariantBroken&) {
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
}
