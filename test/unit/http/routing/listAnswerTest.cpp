#include "http/routing/listAnswer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace ks;

namespace {

enum class CsvColour : std::uint8_t { red, blue };

struct CsvInner {
  std::string text;
};
struct CsvSample {
  std::string text;
  std::optional<std::string> maybe;
  std::int64_t number = 0;
  std::optional<double> real;
  bool flag = false;
  Uuid id;
  TimePoint at;
  CsvColour colour = CsvColour::red;
  std::vector<std::string> words;
  CsvInner inner;
};

ObjectSchema<CsvInner> schemaFor(Of<CsvInner> /*of*/) {
  return ObjectSchema<CsvInner>("CsvInner").field("text", &CsvInner::text);
}
EnumNames<CsvColour> namesFor(Of<CsvColour> /*of*/) {
  return {{CsvColour::red, "red"}, {CsvColour::blue, "blue"}};
}
ObjectSchema<CsvSample> schemaFor(Of<CsvSample> /*of*/) {
  return ObjectSchema<CsvSample>("CsvSample")
      .field("text", &CsvSample::text)
      .field("maybe", &CsvSample::maybe, rules().orNull())
      .field("number", &CsvSample::number)
      .field("real", &CsvSample::real, rules().orNull())
      .field("flag", &CsvSample::flag)
      .field("id", &CsvSample::id)
      .field("at", &CsvSample::at)
      .field("colour", &CsvSample::colour)
      .field("words", &CsvSample::words)
      .field("inner", &CsvSample::inner);
}

std::string csvCell(std::string_view text) {
  std::string out;
  appendCsvText(out, text);
  return out;
}

HttpResponse answered(std::string_view accept, std::vector<CsvSample> rows, std::string cursor) {
  HttpRequest request;
  request.headers.emplace_back("accept", accept);
  return listAnswer(request, pageOf(std::move(rows), 50, std::move(cursor)));
}

std::string headerOf(const HttpResponse& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) {
      return value;
    }
  }
  return {};
}

}  // namespace

TEST_CASE("CSV text is quoted where RFC 4180 wants it", "[http]") {
  CHECK(csvCell("").empty());
  CHECK(csvCell("plain text") == "plain text");
  CHECK(csvCell("a,b") == "\"a,b\"");
  CHECK(csvCell("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(csvCell("two\r\nlines") == "\"two\r\nlines\"");
  CHECK(csvCell("\"") == "\"\"\"\"");
  CHECK(csvCell("Ünïcode") == "Ünïcode");
}

TEST_CASE("CSV text that a spreadsheet would run is made text", "[http]") {
  for (const std::string formula : {"=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠x"}) {
    CHECK(csvCell(formula) == "'" + formula);
  }
  CHECK(csvCell("=HYPERLINK(\"http://x\",\"y\")") == "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
  CHECK(csvCell("\t=1") == "'\t=1");
  CHECK(csvCell("\r=1") == "\"'\r=1\"");
  CHECK(csvCell("\n=1") == "\"'\n=1\"");
  CHECK(csvCell("a=1") == "a=1");
  CHECK(csvCell("'=1") == "'=1");
}

TEST_CASE("Accept chooses CSV only where it is preferred", "[http]") {
  for (const char* accept :
       {"text/csv", "TEXT/CSV", "text/csv; charset=utf-8", "text/csv, application/json;q=0.9",
        "application/json;q=0.5,text/csv;q=0.6", "text/csv,*/*;q=0.1", " text/* , */*;q=0.5"}) {
    CAPTURE(accept);
    CHECK(prefersCsv(accept));
  }
  for (const char* accept :
       {"", "*/*", "application/json", "text/csv;q=0", "text/csv, application/json",
        "text/csv;q=0.4,*/*;q=0.8", "text/html", "text/csv;q=x", ";;;,,,", "text/csvx"}) {
    CAPTURE(accept);
    CHECK_FALSE(prefersCsv(accept));
  }
  CHECK_FALSE(prefersCsv(std::string(100'000, ',') + "text/csv"));
}

TEST_CASE("a list answers as JSON and as CSV", "[http]") {
  CsvSample sample;
  sample.text = "=cmd,\"x\"";
  sample.number = -5;
  sample.id = *Uuid::parse("01900000-0000-7000-8000-000000000001");
  sample.at = TimePoint{Milliseconds{1'770'072'671'123}};
  sample.colour = CsvColour::blue;
  sample.words = {"=a", "b"};
  sample.inner.text = "x";

  const auto csv = answered("text/csv", {sample, {}}, "next-one");
  CHECK(csv.status == 200);
  CHECK(csv.contentType.starts_with("text/csv"));
  CHECK(headerOf(csv, "X-Next-Cursor") == "next-one");
  CHECK(headerOf(csv, "Vary") == "Accept");
  CHECK(csv.body ==
        "text,maybe,number,real,flag,id,at,colour,words,inner\r\n"
        "\"'=cmd,\"\"x\"\"\",,-5,,false,01900000-0000-7000-8000-000000000001,2026-02-02T22:51:11.123Z,blue,"
        "\"[\"\"=a\"\",\"\"b\"\"]\",\"{\"\"text\"\":\"\"x\"\"}\"\r\n"
        ",,0,,false,00000000-0000-0000-0000-000000000000,1970-01-01T00:00:00.000Z,red,[],\"{\"\"text\"\":"
        "\"\"\"\""
        "}\"\r\n");
  CHECK(headerOf(answered("text/csv", {}, ""), "X-Next-Cursor").empty());

  const auto json = answered("*/*", {sample}, "");
  CHECK(json.contentType == "application/json");
  CHECK(headerOf(json, "Vary") == "Accept");
  const auto read = nlohmann::json::parse(json.body);
  CHECK(read["data"].size() == 1);
  CHECK(read["data"][0]["text"] == "=cmd,\"x\"");
  CHECK(read["page"]["has_more"] == false);
  CHECK(read["page"]["next_cursor"].is_null());
  CHECK(nlohmann::json::parse(answered("", {sample}, "c").body)["page"]["next_cursor"] == "c");
}
