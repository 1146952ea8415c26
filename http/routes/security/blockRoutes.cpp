#include "http/routes/security/blockRoutes.hpp"

#include "core/text/identifierPattern.hpp"
#include "http/routing/asks.hpp"

namespace ks {
namespace {

constexpr double kShortestBlockS = 10;
constexpr double kLongestBlockS = 3650.0 * 86'400;

}  // namespace

ObjectSchema<AddBlock> schemaFor(Of<AddBlock> /*of*/) {
  return ObjectSchema<AddBlock>("BlockInput", "Which addresses to block, why and how long")
      .field(
          "pattern", &AddBlock::pattern,
          rules()
              .length(4, 254)
              .fold(&normalizeIdentifierPattern, "^[^\\s]*@[^@\\s]+$")
              .describe("ann@example.org, @example.org, or @*.example.org for example.org and all below it")
              .example("\"@spam.example\""))
      .field("reason", &AddBlock::reason, rules().length(1, 500))
      .field("expires_in_s", &AddBlock::length,
             rules().range(kShortestBlockS, kLongestBlockS).describe("seconds; default: permanently"));
}

ObjectSchema<ListBlocks> schemaFor(Of<ListBlocks> /*of*/) {
  return pageFields(
      ObjectSchema<ListBlocks>("BlockQuery")
          .field("standing", &ListBlocks::standing, rules().optional().describe("only those in force")));
}

ObjectSchema<IdentifierBlock> schemaFor(Of<IdentifierBlock> /*of*/) {
  using Block = IdentifierBlock;
  return ObjectSchema<Block>("Block", "A block of an e-mail address or a domain")
      .field("id", &Block::id)
      .field("pattern", &Block::pattern)
      .field("reason", &Block::reason)
      .field("created_by", &Block::createdBy, rules().orNull())
      .field("created_at", &Block::createdAt)
      .field("expires_at", &Block::expiresAt, rules().orNull())
      .field("lifted_at", &Block::liftedAt, rules().orNull())
      .field("lifted_by", &Block::liftedBy, rules().orNull());
}

void addBlockRoutes(RouteTable& routes, const std::function<BlockActor()>& blocks) {
  routes.add({.path = "/api/admin/blocks",
              .operationId = "listBlocks",
              .summary = "Blocked e-mail addresses and domains, newest first, including ended ones",
              .description = "IP addresses and networks are bans: /api/admin/monitoring/security/bans.",
              .tag = "blocks",
              .access = RouteAccess::needs("users:read"),
              .errors = {ErrorCode::cursorInvalid}},
             ok("A page of blocks"), asks<QueryCall<ListBlocks>>(blocks));

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/admin/blocks",
       .operationId = "addBlock",
       .summary = "Block an e-mail address or a domain",
       .description =
           "Such accounts can neither register nor sign in, and get the answers of an address that is taken "
           "or unknown. Existing sessions continue. Refused if it matches an account that the caller may not "
           "suspend.",
       .tag = "blocks",
       .access = RouteAccess::needs("users:write").recent(),
       .errors = {ErrorCode::conflict, ErrorCode::rankTooLow}},
      created("The block"), asks<RequestCall<AddBlock>>(blocks));

  routes.add({.method = HttpMethod::del,
              .path = "/api/admin/blocks/{id}",
              .operationId = "liftBlock",
              .summary = "Lift a block",
              .description = "A block that has ended is not changed.",
              .tag = "blocks",
              .access = RouteAccess::needs("users:write").recent(),
              .errors = {ErrorCode::notFound}},
             noContent("Lifted"), asks<IdCall<>, LiftBlock>(blocks));
}

}  // namespace ks
