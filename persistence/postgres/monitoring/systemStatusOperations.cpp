#include <memory>
#include <utility>

#include "persistence/postgres/monitoring/collectorLag.hpp"
#include "persistence/postgres/monitoring/rollupQueries.hpp"
#include "persistence/postgres/monitoringCalls.hpp"

namespace ks {
namespace {

const SqlStatement kFiles{"monitoring.files",
                          "SELECT path, source, read_offset, size, CASE WHEN imported THEN 0 ELSE "
                          "greatest(0, size - read_offset) END::int8, " KS_LAG_S
                          ", lines, bad_lines, oversized_lines, state, last_error FROM log_file "
                          "ORDER BY state = 'done', updated_at DESC, id LIMIT 50",
                          true};

const SqlStatement kFileTotals{"monitoring.fileTotals",
                               "SELECT coalesce(sum(lines), 0)::int8, coalesce(sum(bad_lines), 0)::int8, "
                               "coalesce(sum(oversized_lines), 0)::int8, max(last_batch_at) FROM log_file",
                               true};

}  // namespace

SqlCall<CurrentHealthQuery> sqlCall(const CurrentHealthQuery& query) {
  constexpr const char* kSql =
      "SELECT DISTINCT ON (process) process, at, db_status = 'up', db_latency_ms, redis_status = 'up', "
      "redis_latency_ms, "
      "crypto_status = 'up', crypto_latency_ms FROM system_health_snapshot WHERE at > $1 - interval '1 day' "
      "ORDER BY process, at DESC";
  return {repeatable(kSql), std::move(SqlParameters().time(query.now)),
          [now = query.now](const SqlRows& rows) {
            std::vector<ProcessHealth> processes;
            for (const auto row : rows) {
              ProcessHealth process;
              process.process = row.text(0);
              process.at = row.time(1);
              process.database = {row.boolean(2), row.real(3)};
              process.redis = {row.boolean(4), row.real(5)};
              process.crypto = {row.boolean(6), row.real(7)};
              process.status = healthStatusOf(process, now);
              processes.push_back(std::move(process));
            }
            return processes;
          }};
}

void runStatements(PostgresPipeline& pipeline, CollectorQuery query, Reply<CollectorStatus> reply) {
  const auto files = std::make_shared<Result<std::vector<CollectorFile>>>(std::vector<CollectorFile>{});
  pipeline.enqueue(
      kFiles, std::move(SqlParameters().time(query.now)),
      decodeRows<std::vector<CollectorFile>>(
          kFiles.name, [files](Result<std::vector<CollectorFile>> found) { *files = std::move(found); },
          [](const SqlRows& rows) {
            std::vector<CollectorFile> found;
            for (const auto row : rows) {
              CollectorFile file;
              file.path = row.text(0);
              file.source = row.text(1);
              file.offset = row.count(2);
              file.size = row.count(3);
              file.lagBytes = file.size > file.offset && row.text(9) != "done" ? row.count(4) : 0;
              file.lagS = row.real(5);
              file.lines = row.count(6);
              file.badLines = row.count(7);
              file.oversizedLines = row.count(8);
              file.state = row.text(9);
              file.lastError = row.text(10);
              found.push_back(std::move(file));
            }
            return found;
          }));
  pipeline.enqueue(kFileTotals, {}, [files, reply = std::move(reply)](Result<SqlRows> rows) {
    if (!files->ok()) {
      reply(std::move(files->fault()));
      return;
    }
    decodeRows<CollectorStatus>(kFileTotals.name, reply, [files](const SqlRows& totals) {
      const auto row = totals.row(0);
      return collectorStatusOf(std::move(files->value()), row.count(0), row.count(1), row.count(2),
                               row.optionalTime(3));
    })(std::move(rows));
  });
}

}  // namespace ks
