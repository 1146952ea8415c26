#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/cli/exitCode.hpp"
#include "test/unit/cli/installationUnderTest.hpp"

namespace ks::cli {
namespace {

const char* const kPublicStatus =
    R"({"process":"public","version":"0.1.0","pid":41,"uptime_s":185,"status":"degraded","checks":[)"
    R"({"name":"database","up":true,"required":true,"latency_ms":0.31,"error":""},)"
    R"({"name":"redis","up":false,"required":false,"latency_ms":0,"error":"connection refused"}],)"
    R"("requests_in_flight":2,"requests_rejected":0,"connections":5,"actors":9,"messages_queued":3,"log_lines_waiting":0,)"
    R"("log_lines_dropped":0,"cached_tokens":12,"resident_kib":20480,"collector":null})";
const char* const kAdminStatus =
    R"({"process":"admin","version":"0.1.0","pid":42,"uptime_s":60,"status":"healthy","checks":[],)"
    R"("requests_in_flight":0,"requests_rejected":0,"connections":1,"actors":11,"messages_queued":0,"log_lines_waiting":0,)"
    R"("log_lines_dropped":0,"cached_tokens":0,"resident_kib":10240,"collector":{"files":[{"path":"access.log","source":"access",)"
    R"("offset":10,"size":10,"lag_bytes":0,"lag_s":0,"lines":100,"bad_lines":1,"oversized_lines":0,"state":"active","last_error":""}],)"
    R"("lag_bytes":0,"lag_s":0.4,"lines":100,"bad_lines":1,"last_batch_at":null,"last_error":""}})";
const char* const kActors =
    R"({"actors":[{"name":"storage","id":3,"parent":"supervisor","state":"running","mailbox":7,"handled":10,"failed":0,"restarts":0,)"
    R"("p50_ms":0.2,"p99_ms":3.5,"started_at":"2026-02-03T10:30:45.123Z","last_error":""},)"
    R"({"name":"auth","id":5,"parent":"supervisor","state":"restarting","mailbox":0,"handled":99,"failed":1,"restarts":2,)"
    R"("p50_ms":0.1,"p99_ms":1,"started_at":"2026-02-03T10:30:45.123Z","last_error":"broken"}]})";

}  // namespace

TEST_CASE("status of both processes on one screen") {
  const Installation installation;
  const ControlSocketServer publicProcess(installation.socket("public"), always(200, kPublicStatus));
  const ControlSocketServer adminProcess(installation.socket("admin"), always(200, kAdminStatus));
  const auto ran = installation.run({"status"});
  CHECK(ran.err.empty());
  CHECK(ran.status == kDegraded);
  CHECK(ran.out ==
        "k-public  degraded  version 0.1.0, up 3 min 5 s, process 41\n"
        "  database  up    0.31 ms\n"
        "  redis     down     0 ms  connection refused (optional for a while)\n"
        "  requests   2 in flight, 0 rejected, 5 connections\n"
        "  actors     9, 3 messages queued\n"
        "  log lines  0 waiting, 0 dropped\n"
        "  memory     20.0 MiB, 12 tokens cached\n"
        "\n"
        "k-admin  healthy  version 0.1.0, up 1 min, process 42\n"
        "  requests   0 in flight, 0 rejected, 1 connections\n"
        "  actors     11, 0 messages queued\n"
        "  log lines  0 waiting, 0 dropped\n"
        "  memory     10.0 MiB, 0 tokens cached\n"
        "  collector  0.40 s (0 B) behind, 100 lines read, 1 bad\n"
        "             access.log: active, 0 B of access lines to read\n");
  CHECK(installation.run({"status", "--process", "admin"}).status == kOk);
}

TEST_CASE("status as JSON has a format number and one entry a process") {
  const Installation installation;
  const ControlSocketServer adminProcess(installation.socket("admin"),
                                         always(200, R"({"process":"admin","status":"healthy","pid":42})"));
  const auto ran = installation.run({"status", "--json", "--process=admin"});
  CHECK(ran.status == kOk);
  CHECK(ran.out == R"({
  "format": 1,
  "command": "status",
  "status": "healthy",
  "processes": [
    {
      "process": "admin",
      "reachable": true,
      "status": "healthy",
      "pid": 42
    }
  ]
}
)");
}

TEST_CASE("a trace as a table and as JSON; no entries, no such id, nobody there") {
  const Installation installation;
  CHECK(installation.run({"trace", "r1"}).status == kUnreachable);
  CHECK(installation.run({"trace"}).status == kUsage);
  CHECK(installation.run({"trace", "no id"}).status == kUsage);
  const std::string found =
      R"({"request_id":"r1","from":"a","to":"b","entries":[{"at":"2026-02-03T10:30:45.123Z","source":"audit","service":"user",)"
      R"("summary":"auth.login","state":"fail","details":{"reason":"wrong_password","seq":3}}],"truncated":false})";
  const ControlSocketServer adminProcess(installation.socket("admin"), [&found](const std::string& request) {
    const bool known = request.find("GET /control/trace/r1 ") != std::string::npos;
    return ControlSocketServer::http(200, known ? found : R"({"request_id":"r2","entries":[]})");
  });
  const auto table = installation.run({"trace", "r1"});
  CHECK(table.status == kOk);
  CHECK(table.out ==
        "AT                        SOURCE  SERVICE  STATE  WHAT        DETAILS\n"
        "2026-02-03T10:30:45.123Z  audit   user     fail   auth.login  reason=wrong_password\n");
  const auto json = nlohmann::json::parse(installation.run({"trace", "r1", "--json"}).out);
  CHECK(json["command"] == "trace");
  CHECK(json["entries"][0]["details"]["seq"] == 3);
  const auto nothing = installation.run({"trace", "r2"});
  CHECK(nothing.status == kDegraded);
  CHECK(nothing.out == "Nothing is stored of r2 in the last seven days.\n");
}

TEST_CASE("a process that is not there: which socket, whether it exists, what to do") {
  const Installation installation;
  auto ran = installation.run({"ps", "--process", "public"});
  CHECK(ran.status == kUnreachable);
  CHECK(ran.out.empty());
  CHECK(ran.err.find(installation.socket("public") + ": the socket does not exist") != std::string::npos);
  CHECK(ran.err.find("./k up") != std::string::npos);

  std::ofstream(installation.socket("admin")) << "x";
  ran = installation.run({"ps", "--process", "admin"});
  CHECK(ran.status == kUnreachable);
  CHECK(ran.err.find("that file is not a socket") != std::string::npos);

  { const ControlSocketServer gone(installation.socket("public"), always(200, "{}")); }
  ran = installation.run({"status", "--process", "public"});
  CHECK(ran.status == kUnreachable);
  CHECK(ran.out.find("refused, although the socket exists. See why: ./k logs k-public") != std::string::npos);
}

TEST_CASE("a socket path that is too long is told as that") {
  const Installation installation;
  const auto ran = installation.run({"status"}, {{"K_SOCKET_DIR", "/tmp/" + std::string(120, 'x')}});
  CHECK(ran.status == kUnreachable);
}

TEST_CASE("an answer that is no answer is told, not shown") {
  for (const auto* body : {"", "nonsense", "[]", "{\"checks\":7,\"collector\":[]}"}) {
    INFO(body);
    const Installation installation;
    const ControlSocketServer process(installation.socket("public"), always(200, body));
    CHECK(installation.run({"status", "--process=public"}).status != kOk);
  }
  const Installation installation;
  const ControlSocketServer process(installation.socket("public"), always(500, "{}"));
  CHECK(installation.run({"ps", "--process=public"}).status == kUnreachable);
}

TEST_CASE("ps sorts by name or by the highest") {
  const Installation installation;
  const ControlSocketServer process(installation.socket("public"), always(200, kActors));
  auto ran = installation.run({"ps", "--process", "public"});
  CHECK(ran.status == kDegraded);
  CHECK(ran.out ==
        "NAME     PROCESS  ID  PARENT      STATE       MAILBOX  HANDLED  FAILED  P50 MS  P99 MS  RESTARTS  "
        "LAST ERROR\n"
        "auth     public    5  supervisor  restarting        0       99       1    0.10    1.00         2  "
        "broken\n"
        "storage  public    3  supervisor  running           7       10       0    0.20    3.50         0\n");
  ran = installation.run({"ps", "--process", "public", "--sort", "mailbox"});
  CHECK(ran.out.find("storage") < ran.out.find("auth "));
  const auto json = nlohmann::json::parse(installation.run({"ps", "--json", "--process", "public"}).out);
  CHECK(json["format"] == 1);
  CHECK(json["actors"][0]["name"] == "auth");
  CHECK(json["actors"][0]["process"] == "public");
  CHECK(json["actors"][1]["mailbox"] == 7);
}

TEST_CASE("ps tells of listeners below the actors") {
  const Installation installation;
  const ControlSocketServer process(
      installation.socket("public"),
      always(200,
             R"({"actors":[],"listeners":[{"actor":"httpFrontEndActor-gateway","address":"public.http.sock",)"
             R"("connections":5,"streams":1,"in_flight":2,"answered":70,"refused":3,"slow":4}]})"));
  auto ran = installation.run({"ps", "--process", "public"});
  CHECK(ran.status == kOk);
  CHECK(ran.out ==
        "\nLISTENER                   PROCESS  ADDRESS           CONNECTIONS  STREAMS  IN FLIGHT  ANSWERED  "
        "REFUSED  "
        "SLOW\n"
        "httpFrontEndActor-gateway  public   public.http.sock            5        1          2        70     "
        "   3  "
        "   4\n");
  const auto json = nlohmann::json::parse(installation.run({"ps", "--json", "--process", "public"}).out);
  CHECK(json["listeners"][0]["process"] == "public");
  CHECK(json["listeners"][0]["refused"] == 3);
}

TEST_CASE("settings: one line where the processes agree, one each where not") {
  const Installation installation;
  const auto settings = [](const char* level) {
    return std::string(R"({"data":[{"variable":"K_ENVIRONMENT","value":"development","origin":"default"},)") +
           R"({"variable":"K_LOG_LEVEL","value":")" + level + R"(","origin":"environment"}]})";
  };
  const ControlSocketServer publicProcess(installation.socket("public"), always(200, settings("INFO")));
  const ControlSocketServer adminProcess(installation.socket("admin"), always(200, settings("DEBUG")));
  const auto ran = installation.run({"settings"});
  CHECK(ran.status == kOk);
  CHECK(ran.out ==
        "VARIABLE       ORIGIN       PROCESS  VALUE\n"
        "K_ENVIRONMENT  default      both     development\n"
        "K_LOG_LEVEL    environment  public   INFO\n"
        "K_LOG_LEVEL    environment  admin    DEBUG\n");
}

TEST_CASE("a wrong setting stops only who needs it") {
  const Installation installation;
  const ControlSocketServer process(installation.socket("admin"), always(200, kAdminStatus));
  const EnvironmentMap wrong{{"K_DATABASE_POOL_SIZE", "many"}};
  CHECK(installation.run({"status", "--process", "admin"}, wrong).status == kOk);
  const auto local = installation.run({"settings", "--local"}, wrong);
  CHECK(local.status == kDegraded);
  CHECK(local.err.find("K_DATABASE_POOL_SIZE=many") != std::string::npos);
  const auto mail = installation.run({"mail"}, {{"K_MAIL_DIR", "relative"}});
  CHECK(mail.status == kUnreachable);
  CHECK(mail.err.find("K_MAIL_DIR is required here and is invalid (environment)") != std::string::npos);
}

TEST_CASE("admin create writes the file for its owner only") {
  const Installation installation;
  std::string request;
  const ControlSocketServer process(installation.socket("admin"), [&request](const std::string& text) {
    request = text;
    return ControlSocketServer::http(
        201, R"({"created":true,"email":"ann@example.org","one_time_password":"s3cret"})");
  });
  const auto file = (installation.path() / "first.txt").string();
  const auto ran =
      installation.run({"admin", "create", "--email", "Ann@Example.org", "--if-none", "--output", file});
  CHECK(ran.status == kOk);
  CHECK(ran.out.find("s3cret") == std::string::npos);
  CHECK(request.starts_with("POST /control/administrators HTTP/1.1\r\n"));
  CHECK(request.ends_with(R"({"email":"ann@example.org","only_if_none":true})"));
  std::ostringstream content;
  content << std::ifstream(file).rdbuf();
  CHECK(content.str() == "email: ann@example.org\npassword: s3cret\n");
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);

  const auto shown = installation.run({"admin", "create"});
  CHECK(shown.out.find("password: s3cret\n") != std::string::npos);
}

TEST_CASE(
    "admin create: nothing is asked for when the file cannot be written, nothing written when nothing was "
    "made") {
  const Installation installation;
  int calls = 0;
  const ControlSocketServer process(installation.socket("admin"), [&calls](const std::string&) {
    ++calls;
    return ControlSocketServer::http(200, R"({"created":false,"email":"ann@example.org"})");
  });
  CHECK(installation.run({"admin", "create", "--output", "/nonexistent/x"}).status == kDegraded);
  CHECK(installation.run({"admin", "create", "--email", "nobody"}).status == kUsage);
  CHECK(installation.run({"admin", "create"}, {{"K_ENVIRONMENT", "production"}}).status == kUsage);
  CHECK(calls == 0);
  const auto file = installation.path() / "first.txt";
  const auto ran = installation.run({"admin", "create", "--if-none", "--output", file.string()});
  CHECK(ran.status == kOk);
  CHECK(calls == 1);
  CHECK_FALSE(std::filesystem::exists(file));
  CHECK(std::distance(std::filesystem::directory_iterator(installation.path()), {}) == 1);
}

TEST_CASE("admin create shows why it was refused") {
  const Installation installation;
  const ControlSocketServer process(
      installation.socket("admin"),
      always(
          409,
          R"({"error":{"code":"EMAIL_TAKEN","message":"This address is in use","field":"email"},"request_id":"r1"})"));
  const auto ran = installation.run({"admin", "create"});
  CHECK(ran.status == kDegraded);
  CHECK(ran.err == "error: email: This address is in use (EMAIL_TAKEN, request r1)\n");
}

TEST_CASE("logs import asks once, then how far it is, and tells the outcome of each file") {
  const Installation installation;
  std::vector<std::string> asked;
  const ControlSocketServer process(installation.socket("admin"), [&asked](const std::string& text) {
    asked.push_back(text.substr(0, text.find(" HTTP")));
    if (text.find("missing") != std::string::npos) {
      return ControlSocketServer::http(200, R"({"state":"failed","note":"/x/missing: No such file"})");
    }
    return ControlSocketServer::http(
        200, asked.size() == 1
                 ? R"({"state":"waiting","lines":0})"
                 : R"({"state":"done","lines":12,"bad_lines":1,"too_old_lines":3,"note":"a note"})");
  });
  const auto ran = installation.run({"logs", "import", "/x/a b.log", "/x/missing", "--source", "dos"});
  CHECK(ran.status == kDegraded);
  CHECK(ran.out == "/x/a b.log: 12 lines, 1 bad, 3 too old; a note\n");
  CHECK(ran.err == "error: /x/missing: No such file\n");
  CHECK(asked == std::vector<std::string>{"POST /control/logs/imports",
                                          "GET /control/logs/imports?path=/x/a+b.log&source=dos",
                                          "POST /control/logs/imports"});
  CHECK(installation.run({"logs", "import"}).status == kUsage);
}

TEST_CASE("the newest mail's token is all that --token prints") {
  const Installation installation;
  std::ofstream(installation.path() / "0195.eml")
      << "To: ann@example.org\nSubject: Hello\n\nhttp://localhost/x#token=abc\n";
  CHECK(installation.run({"mail", "latest", "--token", "--to", "ANN@example.org"}).out == "abc\n");
  CHECK(installation.run({"mail", "latest", "--link"}).out == "http://localhost/x#token=abc\n");
  CHECK(installation.run({"mail", "latest", "--to", "bob@example.org"}).status == kDegraded);
  CHECK(installation.run({"mail", "latest", "--wait", "soon"}).status == kUsage);
  CHECK(
      installation.run({"mail", "show", "0195"}).out ==
      "Id:      0195\nDate:    \nTo:      ann@example.org\nSubject: Hello\n\nhttp://localhost/x#token=abc\n");
  CHECK(installation.run({"mail", "show", "0196"}).status == kDegraded);
  const auto json = nlohmann::json::parse(installation.run({"mail", "--json"}).out);
  CHECK(json["mails"][0]["subject"] == "Hello");
  CHECK_FALSE(json["mails"][0].contains("text"));
}

TEST_CASE("migrate passes k-admin's words and exit status through") {
  const Installation installation;
  CHECK(installation.run({"migrate", "status"}).status == kUnreachable);
  const auto program = installation.path() / "k-admin";
  std::ofstream(program) << "#!/bin/sh\necho \"$*\"; echo oops >&2; exit 7\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  const auto ran = installation.run({"migrate", "down", "0", "--json"});
  CHECK(ran.status == 7);
  const auto json = nlohmann::json::parse(ran.out);
  CHECK(json["exit_code"] == 7);
  CHECK(json["output"] == nlohmann::json::array({"migrate down 0", "oops"}));
}

TEST_CASE("help, version and wrong usage") {
  const Installation installation;
  CHECK(installation.run({"--version"}).out.starts_with("kctl "));
  CHECK(installation.run({"help"}).status == kOk);
  CHECK(installation.run({}).status == kUsage);
  CHECK(installation.run({"nonsense"}).status == kUsage);
  CHECK(installation.run({"help", "nonsense"}).status == kUsage);
  for (const auto* name :
       {"status", "ps", "settings", "migrate", "crypto", "admin", "mail", "completion", "help"}) {
    const auto ran = installation.run({name, "--help"});
    CHECK(ran.status == kOk);
    CHECK(ran.out.find("example:\n  ") != std::string::npos);
    CHECK(installation.run({"completion", "bash"}).out.find(std::string("    ") + name + ")") !=
          std::string::npos);
    CHECK(installation.run({"completion", "zsh"}).out.find(std::string("    ") + name + ") _arguments") !=
          std::string::npos);
  }
}

}  // namespace ks::cli
