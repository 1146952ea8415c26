#include "http/routes/security/blockRoutes.hpp"

#include <utility>

#include "core/text/identifierPattern.hpp"
#include "core/text/pageCursor.hpp"
#include "http/routing/actorBridge.hpp"
#include "http/routing/listSchema.hpp"

namespace ks {
namespace {

constexpr double kShortestBlockS = 10;
constexpr double kLongestBlockS = 3650.0 * 86'400;

struct BlockInput {
  std::string pattern;
  std::string reason;
  std::optional<std::uint32_t> expiresInS;
};

const ObjectSchema<BlockInput>& blockInputSchema() {
  static const auto schema =
      ObjectSchema<BlockInput>("BlockInput")
          .field("pattern", &BlockInput::pattern,
                 rules()
                     .length(4, 254)
                     .fold(&normalizeIdentifierPattern, "^[^\\s]*@[^@\\s]+$")
                     .describe(
                         "ann@example.org, @example.org, or @*.example.org for example.org and all below it")
                     .example("\"@spam.example\""))
          .field("reason", &BlockInput::reason, rules().length(1, 500))
          .field("expires_in_s", &BlockInput::expiresInS,
                 rules().range(kShortestBlockS, kLongestBlockS).describe("seconds; for ever when left out"));
  return schema;
}

const ObjectSchema<IdentifierBlock>& blockSchema() {
  using Block = IdentifierBlock;
  static const auto schema = ObjectSchema<Block>("Block")
                                 .field("id", &Block::id)
                                 .field("pattern", &Block::pattern)
                                 .field("reason", &Block::reason)
                                 .field("created_by", &Block::createdBy, rules().orNull())
                                 .field("created_at", &Block::createdAt)
                                 .field("expires_at", &Block::expiresAt, rules().orNull())
                                 .field("lifted_at", &Block::liftedAt, rules().orNull())
                                 .field("lifted_by", &Block::liftedBy, rules().orNull());
  return schema;
}

const ListSchema<IdentifierBlock>& blockListSchema() {
  static const ListSchema<IdentifierBlock> schema("Blocks", blockSchema());
  return schema;
}

struct BlockPath {
  Uuid id;
};
const ObjectSchema<BlockPath>& blockPathSchema() {
  static const auto schema = ObjectSchema<BlockPath>("BlockPath").field("id", &BlockPath::id);
  return schema;
}

struct BlockQueryInput {
  bool standing = false;
  std::uint32_t limit = 50;
  std::string cursor;
};
const ObjectSchema<BlockQueryInput>& blockQuerySchema() {
  static const auto schema =
      ObjectSchema<BlockQueryInput>("BlockQuery")
          .field("standing", &BlockQueryInput::standing, rules().optional().describe("only those that stand"))
          .field("limit", &BlockQueryInput::limit, rules().optional().range(1, 500))
          .field("cursor", &BlockQueryInput::cursor, rules().optional().length(1, kPageCursorCharacters));
  return schema;
}

}  // namespace

void addBlockRoutes(RouteTable& routes, const BlockRoutesConfig& config) {
  routes.add({.path = "/api/admin/blocks",
              .operationId = "listBlocks",
              .summary = "Blocked e-mail addresses and domains, newest first; also those that are over",
              .description = "IP addresses and networks are bans: /api/admin/monitoring/security/bans.",
              .tag = "blocks",
              .access = RouteAccess::needs("users:read"),
              .errors = {ErrorCode::cursorInvalid}},
             queryInput(blockQuerySchema()), blockListSchema().outputs("A page of blocks"),
             [config](const RequestCall<NoInput, BlockQueryInput>& call) -> HttpResponse {
               const auto& in = call.query;
               auto page =
                   askActor<BlockPage>(config.system, config.blocks(), call.context,
                                       ListBlocks{call.context, {in.standing, in.limit, in.cursor, {}}});
               return page ? blockListSchema().answer(call.request, std::move(page.value().rows), in.limit,
                                                      std::move(page.value().nextCursor))
                           : HttpResponse(page.fault());
             });

  routes.add(
      {.method = HttpMethod::post,
       .path = "/api/admin/blocks",
       .operationId = "addBlock",
       .summary = "Block an e-mail address or a domain",
       .description =
           "Who has it can neither register nor sign in, and gets the answers of an address that is "
           "taken or unknown. Sessions that exist go on. Refused where it names an account that the caller "
           "may not "
           "suspend.",
       .tag = "blocks",
       .access = RouteAccess::needs("users:write").recent(),
       .errors = {ErrorCode::conflict, ErrorCode::rankTooLow}},
      bodyInput(blockInputSchema()), {output(201, "The block", blockSchema())},
      [config](const RequestCall<BlockInput>& call) -> HttpResponse {
        AddBlock wish{call.context, call.body.pattern, call.body.reason, {}};
        if (call.body.expiresInS) {
          wish.length = std::chrono::seconds{*call.body.expiresInS};
        }
        auto made = askActor<IdentifierBlock>(config.system, config.blocks(), call.context, std::move(wish));
        return made ? HttpResponse::json(201, blockSchema(), made.value()) : HttpResponse(made.fault());
      });

  routes.add({.method = HttpMethod::del,
              .path = "/api/admin/blocks/{id}",
              .operationId = "liftBlock",
              .summary = "Lift a block",
              .description = "A block that is over already stays as it is.",
              .tag = "blocks",
              .access = RouteAccess::needs("users:write").recent(),
              .errors = {ErrorCode::notFound}},
             pathInput(blockPathSchema()), {noContent("Lifted")},
             [config](const RequestCall<NoInput, NoInput, BlockPath>& call) -> HttpResponse {
               auto lifted = askActor<IdentifierBlock>(config.system, config.blocks(), call.context,
                                                       LiftBlock{call.context, call.path.id});
               return lifted ? HttpResponse::empty() : HttpResponse(lifted.fault());
             });
}

}  // namespace ks
