#include "http/routes/payment/reconciliationSchemas.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ks;

namespace {

template <class Item>
Item orphanItem() {
  Item item{};
  item.id = *Uuid::parse("01890000-0000-7000-8000-000000000003");
  item.runId = *Uuid::parse("01890000-0000-7000-8000-000000000004");
  item.what = ReconciliationClass::orphanCredit;
  item.status = ReconciliationItemStatus::open;
  item.reference = "000000000017";
  item.vaNumber = "777770000000009";
  item.bankMinor = 1'000'000;
  item.detail = "=1+1";
  return item;
}

template <class Record>
nlohmann::json reconciliationJson(const Record& record) {
  return nlohmann::json::parse(schemaOf<Record>().render(record));
}

bool isDecision(const std::string& body) { return schemaOf<DecidePaymentRequest>().parse(body).ok(); }

bool isDay(const std::string& day) {
  return schemaOf<ReconcileRequest>().parse(R"({"day":")" + day + R"("})").ok();
}

}  // namespace

TEST_CASE("a decision is one of three verdicts, with a reference and a note", "[http][payment]") {
  const auto read = schemaOf<DecidePaymentRequest>().parse(
      R"({"verdict":"return","bank_reference":"TRF-1","note":" Settled by phone "})");
  REQUIRE(read.ok());
  CHECK(read.value().verdict == PaymentVerdict::returnMoney);
  CHECK(read.value().bankReference == "TRF-1");
  CHECK(read.value().note == "Settled by phone");
  CHECK(schemaOf<DecidePaymentRequest>().parse(R"({"verdict":"accept"})").value().verdict ==
        PaymentVerdict::accept);
  CHECK(schemaOf<DecidePaymentRequest>().parse(R"({"verdict":"reverse"})").value().verdict ==
        PaymentVerdict::reverse);
  for (const auto& body : std::vector<std::string>{
           "{}", R"({"verdict":"keep"})", R"({"verdict":"accept","note":""})",
           R"({"verdict":"accept","note":"a\u0000b"})", R"({"verdict":"return","bank_reference":"a\tb"})",
           R"({"verdict":"accept","note":")" + std::string(501, 'x') + R"("})",
           R"({"verdict":"accept","amount":"1.00"})"}) {
    INFO(body);
    CHECK(!isDecision(body));
  }
}

TEST_CASE("a day is one of the calendar, or yesterday", "[http][payment]") {
  CHECK(isDay("2026-02-28"));
  CHECK(schemaOf<ReconcileRequest>().parse("{}").value().day.empty());
  for (const auto* day : {"2026-02-29", "2026-2-28", "28-02-2026", "yesterday", "", "2026-02-28T00:00:00Z"}) {
    INFO(day);
    CHECK(!isDay(day));
  }
}

TEST_CASE("a run is shown with its counts, and who asked for it", "[http][payment]") {
  ReconciliationRun run;
  run.kind = ReconciliationKind::day;
  run.slot = "day:2026-02-03";
  run.status = ReconciliationStatus::done;
  run.counts = {.credits = 12, .matched = 10, .healed = 1, .items = 1};
  const auto shown = reconciliationJson(run);
  CHECK(shown["kind"] == "day");
  CHECK(shown["status"] == "done");
  CHECK(shown["counts"] == nlohmann::json{{"credits", 12}, {"matched", 10}, {"healed", 1}, {"items", 1}});
  CHECK(shown["asked_by"].is_null());
  CHECK(shown["finished_at"].is_null());
  CHECK(shown["error"].is_null());
  CHECK(!shown.contains("slot"));
  run.askedBy = *Uuid::parse("01890000-0000-7000-8000-000000000001");
  CHECK(reconciliationJson(run)["asked_by"] == run.askedBy.toString());
}

TEST_CASE("a difference is shown with both amounts", "[http][payment]") {
  auto item = orphanItem<ReconciliationItem>();
  const auto shown = reconciliationJson(item);
  CHECK(shown["class"] == "orphan_credit");
  CHECK(shown["status"] == "open");
  CHECK(shown["at_bank"] == nlohmann::json{{"value", "10000.00"}, {"currency", "IDR"}});
  CHECK(shown["booked"]["value"] == "0.00");
  for (const auto* name : {"payment_id", "resolved_by", "note", "bank_reference", "resolved_at"}) {
    INFO(name);
    CHECK(shown[name].is_null());
  }
  item.paymentId = item.id;
  CHECK(reconciliationJson(item)["payment_id"] == item.id.toString());
  for (const auto& [value, name] : namesFor(Of<ReconciliationClass>{})) {
    item.what = value;
    CHECK(reconciliationJson(item)["class"] == name);
  }
}

TEST_CASE("a difference as a line of a file", "[http][payment]") {
  std::string header;
  schemaOf<ReconciliationLine>().writeCsvHeader(header);
  CHECK(
      header ==
      "id,created_at,class,status,reference,payment_id,va_number,at_bank,booked,currency,detail,run_id,seen_at,"
      "resolved_by,note,bank_reference,resolved_at\r\n");
  std::string line;
  schemaOf<ReconciliationLine>().writeCsvRow(line, orphanItem<ReconciliationLine>());
  CHECK(
      line ==
      "01890000-0000-7000-8000-000000000003,1970-01-01T00:00:00.000Z,orphan_credit,open,000000000017,,"
      "777770000000009,10000.00,0.00,IDR,'=1+1,01890000-0000-7000-8000-000000000004,1970-01-01T00:00:00.000Z,"
      ",,,\r\n");
}

TEST_CASE("a difference is resolved with a note, and money is given back with a reference",
          "[http][payment]") {
  const auto read = schemaOf<ResolveItemRequest>().parse(R"({"note":"given back","bank_reference":"TRF-2"})");
  REQUIRE(read.ok());
  CHECK(read.value().note == "given back");
  CHECK(read.value().bankReference == "TRF-2");
  CHECK(schemaOf<ResolveItemRequest>().parse(R"({"note":"seen"})").value().bankReference.empty());
  for (const auto* body :
       {"{}", R"({"note":""})", R"({"note":"x","bank_reference":""})", R"({"note":"x","status":"open"})"}) {
    INFO(body);
    CHECK(!schemaOf<ResolveItemRequest>().parse(body).ok());
  }
}

TEST_CASE("reconciliation queries: every filter is read", "[http][payment]") {
  const auto runs = schemaOf<ListReconciliationRuns>().parsePairs({{"kind", "window"}, {"status", "failed"}});
  REQUIRE(runs.ok());
  CHECK(runs.value().kind == ReconciliationKind::window);
  CHECK(runs.value().status == ReconciliationStatus::failed);
  const auto items =
      schemaOf<ListReconciliationItems>().parsePairs({{"run_id", "01890000-0000-7000-8000-000000000004"},
                                                      {"status", "healed"},
                                                      {"class", "duplicate_credit"}});
  REQUIRE(items.ok());
  CHECK(items.value().runId == Uuid::parse("01890000-0000-7000-8000-000000000004"));
  CHECK(items.value().status == ReconciliationItemStatus::healed);
  CHECK(items.value().what == ReconciliationClass::duplicateCredit);
  for (const auto& [name, text] :
       TextPairs{{"status", "done"}, {"class", "odd"}, {"run_id", "1"}, {"limit", "201"}}) {
    INFO(name);
    CHECK(!schemaOf<ListReconciliationItems>().parsePairs({{name, text}}).ok());
  }
}
