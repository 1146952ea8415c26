#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "persistence/sql/postgresPipeline.hpp"

namespace ks {

/// One of the statements whose rows make an answer together; `take` puts its rows into the answer's parts.
template <class Parts>
struct CombinedStatement {
  const SqlStatement* statement;
  SqlParameters parameters;
  std::function<void(Parts&, const SqlRows&)> take;
};

/// Queues the statements; `reply` gets the parts when all have taken their rows, else the first fault.
template <class Parts>
void runCombinedQuery(PostgresPipeline& pipeline, std::vector<CombinedStatement<Parts>> statements,
                      Parts parts, Reply<Parts> reply) {
  struct Gathering {
    Parts parts;
    Reply<Parts> reply;
    std::size_t waiting;
    std::optional<Fault> fault = std::nullopt;
  };
  const auto gathering = std::make_shared<Gathering>(
      Gathering{std::move(parts), std::move(reply), statements.size(), std::nullopt});
  for (auto& one : statements) {
    Reply<Done> finish = [gathering](Result<Done> done) {
      if (!done.ok() && !gathering->fault) {
        gathering->fault = std::move(done.fault());
      }
      if (--gathering->waiting > 0) {
        return;
      }
      if (gathering->fault) {
        gathering->reply(std::move(*gathering->fault));
      } else {
        gathering->reply(std::move(gathering->parts));
      }
    };
    pipeline.enqueue(*one.statement, std::move(one.parameters),
                     decodeRows<Done>(one.statement->name, std::move(finish),
                                      [gathering, take = std::move(one.take)](const SqlRows& rows) {
                                        take(gathering->parts, rows);
                                        return Done{};
                                      }));
  }
}

}  // namespace ks
