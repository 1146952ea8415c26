#include "persistence/sql/mergedInput.hpp"

#include <cstdint>
#include <numeric>

namespace ks {

// `given` keeps the planner from counting the runs: it would make a plan for each number of them. It takes them for ten.
std::string mergedInput(std::string_view columns) {
  std::string arrays;
  std::string values;
  int count = 0;
  while (!columns.empty()) {
    const auto end = std::min(columns.find(", "), columns.size());
    const auto column = columns.substr(0, end);
    columns.remove_prefix(std::min(end + 2, columns.size()));
    const auto space = column.find(' ');
    const auto number = std::to_string(++count);
    arrays.append("$" + number + "::").append(column.substr(space + 1)).append("[] AS a" + number + ", ");
    values.append("a" + number + "[place] AS ").append(column.substr(0, space)).append(", ");
  }
  return "given AS MATERIALIZED (SELECT " + arrays + "$" + std::to_string(count + 1) +
         "::int4[] AS places), input AS MATERIALIZED (SELECT " + values +
         "place FROM given, unnest(given.places) AS place)";
}

SqlParameters mergedParameters(const std::vector<const SqlParameters*>& runs) {
  SqlParameters merged;
  const int columns = runs.empty() ? 0 : runs.front()->count();
  for (int column = 0; column < columns; ++column) {
    merged.column(runs, column);
  }
  std::vector<std::int32_t> places(runs.size());
  std::iota(places.begin(), places.end(), 1);
  merged.int4Array(places);
  return merged;
}

}  // namespace ks
