#include "actors/administration/blockActor.hpp"

#include <utility>

#include "actors/runtime/auditNote.hpp"
#include "actors/runtime/guarded.hpp"

namespace ks {

BlockState::BlockState(BlockActor::pointer selfPointer, std::shared_ptr<ActorProbe> probe,
                       ActorEnvironment environment, const BlockRepositoryFactory& makeRepository)
    : self(selfPointer), probe_(std::move(probe)), environment_(environment), repository_(makeRepository()) {}

BlockActor::behavior_type BlockState::make_behavior() {
  return {
      guarded(self, probe_, [this](AddBlock& wish) { return answerOf(*probe_, add(wish)); }),
      guarded(self, probe_, [this](LiftBlock& wish) { return answerOf(*probe_, lift(wish)); }),
      guarded(self, probe_,
              [this](ListBlocks& list) {
                list.now = environment_.clock.now();
                return answerOf(*probe_, repository_->list(list));
              }),
  };
}

Result<IdentifierBlock> BlockState::add(const AddBlock& wish) {
  NewBlock added;
  auto& block = added.block;
  block.id = environment_.uuids.next();
  block.pattern = wish.pattern;
  block.reason = wish.reason;
  block.createdAt = environment_.clock.now();
  if (wish.context.principal) {
    block.createdBy = wish.context.principal->userId;
  }
  if (wish.length) {
    block.expiresAt = block.createdAt + *wish.length;
  }
  added.audit = auditOf(environment_, wish.context, "block.create");
  added.audit.targetType = "block";
  added.audit.targetId = block.id.toString();
  added.audit.after = {{"pattern", block.pattern}, {"reason", block.reason}};
  return repository_->add(added).then([](std::optional<IdentifierBlock>& made) -> Result<IdentifierBlock> {
    if (!made) {
      return fieldFault(ErrorCode::conflict, "pattern", "it is already blocked");
    }
    return std::move(*made);
  });
}

Result<IdentifierBlock> BlockState::lift(const LiftBlock& wish) {
  BlockLift lift{wish.id, {}, environment_.clock.now(), auditOf(environment_, wish.context, "block.lift")};
  if (wish.context.principal) {
    lift.by = wish.context.principal->userId;
  }
  lift.audit.targetType = "block";
  lift.audit.targetId = wish.id.toString();
  return repository_->lift(lift);
}

}  // namespace ks
