#pragma once
#include "apps/cli/cliContext.hpp"
#include "apps/cli/commandLine.hpp"
#include "apps/cli/exitCode.hpp"

// One function per command, each in its own file; commandTable.cpp names them.
namespace ks::cli {

int runStatus(const CommandLine& line, CliContext& context);
int runPs(const CommandLine& line, CliContext& context);
int runSettings(const CommandLine& line, CliContext& context);
/// Passes the command to the k-admin in kctl's folder.
int runAdminProgram(const CommandLine& line, CliContext& context);
int runTrace(const CommandLine& line, CliContext& context);
int runAdmin(const CommandLine& line, CliContext& context);
int runKey(const CommandLine& line, CliContext& context);
int runUser(const CommandLine& line, CliContext& context);
int runBan(const CommandLine& line, CliContext& context);
int runPayments(const CommandLine& line, CliContext& context);
int runLogs(const CommandLine& line, CliContext& context);
int runMonitoring(const CommandLine& line, CliContext& context);
int runMail(const CommandLine& line, CliContext& context);
int runCompletion(const CommandLine& line, CliContext& context);
int runHelp(const CommandLine& line, CliContext& context);

}  // namespace ks::cli
