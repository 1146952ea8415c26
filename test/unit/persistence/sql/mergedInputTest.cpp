#include "persistence/sql/mergedInput.hpp"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

using namespace ks;

TEST_CASE("Many runs of a statement are bound as an array for each column, and their places") {
  CHECK(
      mergedInput("id uuid, day text") ==
      "given AS MATERIALIZED (SELECT $1::uuid[] AS a1, $2::text[] AS a2, $3::int4[] AS places), "
      "input AS MATERIALIZED (SELECT a1[place] AS id, a2[place] AS day, place FROM given, unnest(given.places) "
      "AS place)");

  SqlParameters first;
  first.int8(7).text("one");
  SqlParameters second;
  second.int8(8).null(SqlType::text);
  const auto merged = mergedParameters({&first, &second});
  const auto bound = merged.bound();
  REQUIRE(merged.count() == 3);
  CHECK(bound.types == std::vector<std::uint32_t>{static_cast<std::uint32_t>(SqlType::int8Array),
                                                  static_cast<std::uint32_t>(SqlType::textArray),
                                                  static_cast<std::uint32_t>(SqlType::int4Array)});
  SqlParameters expected;
  expected.int8Array(std::vector<std::int64_t>{7, 8});
  const auto numbers = expected.bound();
  CHECK(std::string(bound.values[0], static_cast<std::size_t>(bound.lengths[0])) ==
        std::string(numbers.values[0], static_cast<std::size_t>(numbers.lengths[0])));
  const std::string texts(bound.values[1], static_cast<std::size_t>(bound.lengths[1]));
  CHECK(texts.ends_with(std::string("\0\0\0\3one\xff\xff\xff\xff", 11)));
  CHECK(texts[7] == '\1');  // there is a NULL
}

TEST_CASE("Runs that bind a parameter differently are not merged") {
  SqlParameters first;
  first.int8(7);
  SqlParameters second;
  second.text("seven");
  CHECK_THROWS_AS(mergedParameters({&first, &second}), std::logic_error);
}
