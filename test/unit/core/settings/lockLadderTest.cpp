#include <catch2/catch_test_macros.hpp>

#include "core/settings/lockLadder.hpp"

using namespace ks;

TEST_CASE("lock ladder: steps, what they lock, and what is no ladder", "[core]") {
  const auto ladder = parseLockLadder("6/1,7/2,8/4,9/8,10/300,20/1800,50/3600,100/forever");
  REQUIRE(ladder);
  CHECK(ladder->size() == 8);
  CHECK(lockAfter(*ladder, 5) == 0);
  CHECK(lockAfter(*ladder, 6) == 1);
  CHECK(lockAfter(*ladder, 9) == 8);
  CHECK(lockAfter(*ladder, 19) == 300);
  CHECK(lockAfter(*ladder, 99) == 3600);
  CHECK(lockAfter(*ladder, 100) == LockStep::kForever);
  CHECK(lockAfter(*ladder, 5000) == LockStep::kForever);
  CHECK(beginsStep(*ladder, 20));
  CHECK_FALSE(beginsStep(*ladder, 21));
  REQUIRE(parseLockLadder("off"));
  CHECK(parseLockLadder("off")->empty());
  CHECK(lockAfter({}, 1000) == 0);
  for (const char* bad :
       {"", "6", "6/", "/1", "6/0", "0/1", "6/1,", "6/1,6/2", "7/1,6/2", "6/2,7/1", "6/-1",
        "6/forever,7/forever", "6/forever,7/1", "1001/1", "6/86401", "6/1;7/2", " 6/1", "on",
        "1/1,2/1,3/1,4/1,5/1,6/1,7/1,8/1,9/1,10/1,11/1,12/1,13/1,14/1,15/1,16/1,17/1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parseLockLadder(bad));
  }
}
