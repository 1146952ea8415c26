#pragma once
#include <memory>

#include "actors/runtime/actorDirectory.hpp"
#include "actors/runtime/actorEnvironment.hpp"
#include "messages/security/blockMessages.hpp"
#include "persistence/blockRepositoryInterface.hpp"

namespace ks {

/// See BlockActor. Blocks (PostgreSQL), so it is spawned detached. Its blocks take effect in the
/// statements of registration and sign-in.
struct BlockState {
  BlockState(BlockActor::pointer self, std::shared_ptr<ActorProbe> probe, ActorEnvironment environment,
             const BlockRepositoryFactory& makeRepository);
  BlockActor::behavior_type make_behavior();

  BlockActor::pointer self;

 private:
  Result<IdentifierBlock> add(const AddBlock& wish);
  Result<IdentifierBlock> lift(const LiftBlock& wish);

  std::shared_ptr<ActorProbe> probe_;
  ActorEnvironment environment_;
  std::unique_ptr<BlockRepositoryInterface> repository_;
};

}  // namespace ks
