#include "http/routes/system/controlSchemas.hpp"

#include "http/routes/account/accountFields.hpp"
#include "http/routes/system/collectorSchema.hpp"

namespace ks {
const ObjectSchema<ControlStatus>& controlStatusSchema() {
  static const auto check = ObjectSchema<ControlCheck>("ControlCheck")
                                .field("name", &ControlCheck::name)
                                .field("up", &ControlCheck::up)
                                .field("required", &ControlCheck::required)
                                .field("latency_ms", &ControlCheck::latencyMs)
                                .field("error", &ControlCheck::error);
  static const auto schema =
      ObjectSchema<ControlStatus>("ControlStatus")
          .field("process", &ControlStatus::process)
          .field("version", &ControlStatus::version)
          .field("pid", &ControlStatus::pid)
          .field("uptime_s", &ControlStatus::uptimeS)
          .field("status", &ControlStatus::status)
          .field("checks", &ControlStatus::checks, check)
          .field("requests_in_flight", &ControlStatus::requestsInFlight)
          .field("requests_rejected", &ControlStatus::requestsRejected)
          .field("connections", &ControlStatus::connections)
          .field("actors", &ControlStatus::actors)
          .field("messages_queued", &ControlStatus::messagesQueued)
          .field("log_lines_waiting", &ControlStatus::logLinesWaiting)
          .field("log_lines_dropped", &ControlStatus::logLinesDropped)
          .field("cached_tokens", &ControlStatus::cachedTokens)
          .field("resident_kib", &ControlStatus::residentKib)
          .field("collector", &ControlStatus::collector, collectorStatusSchema(), rules().orNull());
  return schema;
}

const ObjectSchema<ControlActorsOutput>& controlActorsSchema() {
  static const auto actor = ObjectSchema<ControlActor>("ControlActor")
                                .field("name", &ControlActor::name)
                                .field("id", &ControlActor::id)
                                .field("parent", &ControlActor::parent)
                                .field("state", &ControlActor::state)
                                .field("mailbox", &ControlActor::mailbox)
                                .field("handled", &ControlActor::handled)
                                .field("failed", &ControlActor::failed)
                                .field("restarts", &ControlActor::restarts)
                                .field("p50_ms", &ControlActor::p50Ms)
                                .field("p99_ms", &ControlActor::p99Ms)
                                .field("started_at", &ControlActor::startedAt)
                                .field("last_error", &ControlActor::lastError);
  static const auto schema =
      ObjectSchema<ControlActorsOutput>("ControlActors").field("actors", &ControlActorsOutput::actors, actor);
  return schema;
}

const ObjectSchema<ControlSettingsOutput>& controlSettingsSchema() {
  static const auto setting = ObjectSchema<ControlSetting>("ControlSetting")
                                  .field("variable", &ControlSetting::variable)
                                  .field("value", &ControlSetting::value)
                                  .field("origin", &ControlSetting::origin);
  static const auto schema = ObjectSchema<ControlSettingsOutput>("ControlSettings")
                                 .field("settings", &ControlSettingsOutput::settings, setting);
  return schema;
}

const ObjectSchema<AdministratorInput>& administratorInputSchema() {
  static const auto schema = ObjectSchema<AdministratorInput>("AdministratorInput")
                                 .field("email", &AdministratorInput::email, emailRules())
                                 .field("only_if_none", &AdministratorInput::onlyIfNone, rules().optional());
  return schema;
}

const ObjectSchema<AdministratorOutput>& administratorOutputSchema() {
  static const auto schema = ObjectSchema<AdministratorOutput>("AdministratorOutput")
                                 .field("created", &AdministratorOutput::created)
                                 .field("email", &AdministratorOutput::email)
                                 .field("one_time_password", &AdministratorOutput::oneTimePassword);
  return schema;
}

}  // namespace ks
