#pragma once
#include "persistence/monitoringOperations.hpp"
#include "persistence/postgres/sqlCall.hpp"

// Each is defined with its SQL in administration/, monitoring/, payment/ or security/*Operations.cpp.
namespace ks {

#define KS_DECLARE_CALL(Op) SqlCall<Op> sqlCall(const Op& operation);
KS_MONITORING_OPERATIONS(KS_DECLARE_CALL)
#undef KS_DECLARE_CALL

// Instead of an sqlCall(): what takes several statements of one flush.
void runStatements(PostgresPipeline& pipeline, const UserSearch& query, Reply<UserPage> reply);
void runStatements(PostgresPipeline& pipeline, FindRoles question, Reply<RoleList> reply);
void runStatements(PostgresPipeline& pipeline, JobQuery query, Reply<std::optional<JobRecord>> reply);
void runStatements(PostgresPipeline& pipeline, UserStatisticsQuery query, Reply<UserStatistics> reply);
void runStatements(PostgresPipeline& pipeline, DashboardSummaryQuery query, Reply<DashboardSummary> reply);
void runStatements(PostgresPipeline& pipeline, TimeseriesQuery query, Reply<Timeseries> reply);
void runStatements(PostgresPipeline& pipeline, HeatmapQuery query, Reply<Heatmap> reply);
void runStatements(PostgresPipeline& pipeline, CollectorQuery query, Reply<CollectorStatus> reply);
void runStatements(PostgresPipeline& pipeline, VerifyHour hour, Reply<HourVerification> reply);
void runStatements(PostgresPipeline& pipeline, const AddressQuery& query, Reply<AddressReport> reply);

}  // namespace ks
