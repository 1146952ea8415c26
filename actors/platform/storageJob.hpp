#pragma once
#include <functional>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "actors/runtime/actorRef.hpp"
#include "actors/runtime/guarded.hpp"
#include "messages/actorInterfaces.hpp"
#include "persistence/storageEngineInterface.hpp"

// Asking a storage actor for a method of a repository, as in
//   storeThen<&AccountRepositoryInterface::findSession>(self, probe, context, limit, pool, {sessionId},
//   promise,
//                                                       [](std::optional<SessionRecord>& found) { ... });
// A repository is found in the engine by repositoryOf() (persistence/storageEngineInterface.hpp).
namespace ks {

namespace detail {

template <class T>
struct ReplyValue;
template <class T>
struct ReplyValue<std::function<void(Result<T>)>> {
  using type = T;
};

template <class Before, class... Parameters>
struct SplitParameters;
template <class... Before, class Last>
struct SplitParameters<std::tuple<Before...>, Last> {
  using Arguments = std::tuple<Before...>;
  using Out = typename ReplyValue<Last>::type;
};
template <class... Before, class First, class... Rest>
requires(sizeof...(Rest) > 0) struct SplitParameters<std::tuple<Before...>, First, Rest...>
    : SplitParameters<std::tuple<Before..., First>, Rest...> {
};

template <class Method>
struct StorageMethodTraits;
template <class R, class... Parameters>
struct StorageMethodTraits<void (R::*)(Parameters...)>
    : SplitParameters<std::tuple<>, std::decay_t<Parameters>...> {
  using Repository = R;
};

template <auto Method>
constexpr std::string_view storageMethodName() {
  constexpr std::string_view function = __PRETTY_FUNCTION__;
  constexpr auto begin = function.find("Method = &") + 10;
  constexpr auto name = function.substr(begin, function.find_first_of(";]", begin) - begin);
  return name.starts_with("ks::") ? name.substr(4) : name;
}

}  // namespace detail

/// What a method of a repository takes, without its reply.
template <auto Method>
using StorageArguments = typename detail::StorageMethodTraits<decltype(Method)>::Arguments;
/// What a method of a repository replies.
template <auto Method>
using StorageOut = typename detail::StorageMethodTraits<decltype(Method)>::Out;

template <class Engine, auto Method>
class EngineOperation final : public OperationInterface<Engine> {
 public:
  explicit EngineOperation(StorageArguments<Method> arguments) : arguments_(std::move(arguments)) {}

  void run(Engine& engine, Reply<StorageOutcome> reply) override {
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
StorageJob storageJob(const RequestContext& context, StorageArguments<Method> arguments) {
  return {context, std::make_shared<EngineOperation<StorageEngineInterface, Method>>(std::move(arguments))};
}

/// Goes on with `next(Out&)` when the actor has done `job`; whatever goes wrong fails `promise`, as with
/// callThen().
template <auto Method, class Self, class Target, class Job, class Promise, class Next>
void runThen(Self self, const std::shared_ptr<ActorProbe>& probe, const RequestContext& context,
             std::chrono::milliseconds limit, const Target& target, Job job, Promise promise, Next next) {
  callThen<StorageOutcome>(self, probe, context, limit, target, std::move(job), std::move(promise),
                           [next = std::move(next)](StorageOutcome& outcome) mutable {
                             next(*static_cast<StorageOut<Method>*>(outcome.value.get()));
                           });
}

/// Asks a storage for the method in the name of a request; the rest as runThen().
template <auto Method, class Self, class Promise, class Next>
void storeThen(Self self, const std::shared_ptr<ActorProbe>& probe, const RequestContext& context,
               std::chrono::milliseconds limit, const ActorPool<StorageActor>& storage,
               StorageArguments<Method> arguments, Promise promise, Next next) {
  runThen<Method>(self, probe, context, limit, storage.pick(),
                  storageJob<Method>(context, std::move(arguments)), std::move(promise), std::move(next));
}

/// The same for work of an actor's own: no request, and `failed(Fault)` instead of a promise.
template <auto Method, class Self, class Next, class Failed>
void storeOwn(Self self, std::chrono::milliseconds limit, const ActorPool<StorageActor>& storage,
              StorageArguments<Method> arguments, Next next, Failed failed) {
  compat::ask(self, storage.pick(), caf::timespan{limit}, storageJob<Method>({}, std::move(arguments)))
      .then(
          [next = std::move(next)](StorageOutcome& outcome) mutable {
            next(*static_cast<StorageOut<Method>*>(outcome.value.get()));
          },
          [failed = std::move(failed)](caf::error& error) mutable { failed(faultFromCafError(error)); });
}

}  // namespace ks
