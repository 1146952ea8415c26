#include <memory>
#include <utility>

#include "persistence/postgres/monitoring/postgresRequestLogRepository.hpp"
#include "persistence/postgres/monitoring/verificationAnswers.hpp"
#include "persistence/postgres/monitoring/verificationStatements.hpp"

namespace ks {
namespace {

namespace verification = verificationStatements;

constexpr int kRollupCounts = 3;
constexpr int kRawCounts = kRollupCounts + static_cast<int>(kVerifiedCounts.size());
constexpr int kRollupEstimates = kRawCounts + static_cast<int>(kVerifiedCounts.size());
constexpr int kRawEstimates = kRollupEstimates + 3;

VerifiedFigures countsAt(const SqlRow& row, int column) {
  VerifiedFigures figures;
  for (std::size_t i = 0; i < kVerifiedCounts.size(); ++i) {
    figures.counts[i] = row.int64(column + static_cast<int>(i));
  }
  return figures;
}

VerifiedFigures figuresAt(const SqlRow& row, int counts, int estimates) {
  auto figures = countsAt(row, counts);
  figures.p95Ms = row.real(estimates);
  figures.p95BackendMs = row.real(estimates + 1);
  figures.uniqueIps = static_cast<double>(row.int64(estimates + 2));
  return figures;
}

}  // namespace

void PostgresRequestLogRepository::verify(VerifyHour hour, Reply<HourVerification> reply) {
  const auto comparison = std::make_shared<HourComparison>(hour.hour);
  const auto first = std::make_shared<Result<Done>>(Done{});
  pipeline_.enqueue(verification::kHour, std::move(SqlParameters().time(hour.hour)),
                    decodeRows<Done>(
                        verification::kHour.name, [first](Result<Done> done) { *first = std::move(done); },
                        [comparison](const SqlRows& rows) {
                          for (int i = 0; i < rows.size(); ++i) {
                            const auto row = rows.row(i);
                            comparison->addHour(std::string{row.text(1)}, std::string{row.text(2)},
                                                figuresAt(row, kRollupCounts, kRollupEstimates),
                                                figuresAt(row, kRawCounts, kRawEstimates));
                          }
                          return Done{};
                        }));
  pipeline_.enqueue(
      verification::kMinutes, std::move(SqlParameters().time(hour.hour)),
      [comparison, first, reply = std::move(reply)](Result<SqlRows> rows) {
        if (!first->ok()) {
          reply(std::move(first->fault()));
          return;
        }
        decodeRows<HourVerification>(verification::kMinutes.name, reply, [&](const SqlRows& found) {
          for (int i = 0; i < found.size(); ++i) {
            const auto row = found.row(i);
            comparison->addMinute(row.time(0), std::string{row.text(1)}, std::string{row.text(2)},
                                  countsAt(row, kRollupCounts), countsAt(row, kRawCounts));
          }
          return comparison->found();
        })(std::move(rows));
      });
}

}  // namespace ks
