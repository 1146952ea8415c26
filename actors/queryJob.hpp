#pragma once
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "actors/storageJob.hpp"
#include "messages/monitoringInterfaces.hpp"
#include "persistence/monitoringEngineInterface.hpp"

// As actors/storageJob.hpp, for the repositories of the admin process's query storages.
namespace ks {

template <auto Method>
class QueryOperation final : public QueryOperationInterface {
 public:
  explicit QueryOperation(StorageArguments<Method> arguments) : arguments_(std::move(arguments)) {}

  void run(MonitoringEngineInterface& engine, Reply<StorageOutcome> reply) override {
    using Repository = typename detail::StorageMethodTraits<decltype(Method)>::Repository;
    Repository& repository = repositoryOf(engine, static_cast<Repository*>(nullptr));
    std::apply(
        [&](auto&... arguments) {
          (repository.*Method)(
              std::move(arguments)..., [reply = std::move(reply)](Result<StorageOut<Method>> result) {
                if (result.ok()) {
                  reply(StorageOutcome{std::make_shared<StorageOut<Method>>(std::move(result.value()))});
                } else {
                  reply(std::move(result.fault()));
                }
              });
        },
        arguments_);
  }
  [[nodiscard]] std::string_view name() const override { return detail::storageMethodName<Method>(); }

 private:
  StorageArguments<Method> arguments_;
};

template <auto Method>
QueryJob queryJob(const RequestContext& context, StorageArguments<Method> arguments) {
  return {context, std::make_shared<QueryOperation<Method>>(std::move(arguments))};
}

/// Asks a query storage for the method in the name of a request and goes on with `next(Out&)`; whatever goes
/// wrong fails `promise`.
template <auto Method, class Self, class Promise, class Next>
void queryThen(Self self, const std::shared_ptr<ActorProbe>& probe, const RequestContext& context,
               std::chrono::milliseconds limit, const ActorPool<MonitoringStorageActor>& storage,
               StorageArguments<Method> arguments, Promise promise, Next next) {
  callThen<StorageOutcome>(self, probe, context, limit, storage.pick(),
                           queryJob<Method>(context, std::move(arguments)), std::move(promise),
                           [next = std::move(next)](StorageOutcome& outcome) mutable {
                             next(*static_cast<StorageOut<Method>*>(outcome.value.get()));
                           });
}

}  // namespace ks
