#pragma once
#include <chrono>

#include "messages/platform/typeIds.hpp"
#include "messages/security/blockRecords.hpp"

// Messages of the block actor, in a type-id block of their own, for the admin process.
namespace ks {

struct AddBlock {
  RequestContext context;
  std::string pattern;  ///< in its normal form
  std::string reason;
  std::optional<std::chrono::seconds> length;
};
struct LiftBlock : IdRequest {};
/// `now` is the actor's to fill.
struct ListBlocks : BlockQuery {
  RequestContext context;
};

}  // namespace ks

CAF_BEGIN_TYPE_ID_BLOCK(kBlocks, caf::first_custom_type_id + 2100)
CAF_ADD_TYPE_ID(kBlocks, (ks::AddBlock))
CAF_ADD_TYPE_ID(kBlocks, (ks::LiftBlock))
CAF_ADD_TYPE_ID(kBlocks, (ks::ListBlocks))
CAF_ADD_TYPE_ID(kBlocks, (ks::IdentifierBlock))
CAF_ADD_TYPE_ID(kBlocks, (ks::BlockPage))
CAF_END_TYPE_ID_BLOCK(kBlocks)

namespace ks {

/// Stores the addresses that may neither register nor sign in.
using BlockActor = caf::typed_actor<
    // conflict: it already exists.
    caf::result<IdentifierBlock>(AddBlock),
    // notFound. An ended block is not changed.
    caf::result<IdentifierBlock>(LiftBlock),
    // Newest first. cursorInvalid.
    caf::result<BlockPage>(ListBlocks)>;

}  // namespace ks
