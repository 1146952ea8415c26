#include "http/routes/system/controlSchemas.hpp"

#include "http/routes/account/accountFields.hpp"
#include "http/routes/system/collectorSchema.hpp"

namespace ks {
ObjectSchema<ControlCheck> schemaFor(Of<ControlCheck> /*of*/) {
  return ObjectSchema<ControlCheck>("ControlCheck")
      .field("name", &ControlCheck::name)
      .field("up", &ControlCheck::up)
      .field("required", &ControlCheck::required)
      .field("latency_ms", &ControlCheck::latencyMs)
      .field("error", &ControlCheck::error);
}

ObjectSchema<ControlStatus> schemaFor(Of<ControlStatus> /*of*/) {
  return ObjectSchema<ControlStatus>("ControlStatus")
      .field("process", &ControlStatus::process)
      .field("version", &ControlStatus::version)
      .field("pid", &ControlStatus::pid)
      .field("uptime_s", &ControlStatus::uptimeS)
      .field("status", &ControlStatus::status)
      .field("checks", &ControlStatus::checks)
      .field("requests_in_flight", &ControlStatus::requestsInFlight)
      .field("requests_rejected", &ControlStatus::requestsRejected)
      .field("connections", &ControlStatus::connections)
      .field("actors", &ControlStatus::actors)
      .field("messages_queued", &ControlStatus::messagesQueued)
      .field("log_lines_waiting", &ControlStatus::logLinesWaiting)
      .field("log_lines_dropped", &ControlStatus::logLinesDropped)
      .field("cached_tokens", &ControlStatus::cachedTokens)
      .field("resident_kib", &ControlStatus::residentKib)
      .field("collector", &ControlStatus::collector, rules().orNull());
}

ObjectSchema<ControlActor> schemaFor(Of<ControlActor> /*of*/) {
  return ObjectSchema<ControlActor>("ControlActor")
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
}

ObjectSchema<ControlListener> schemaFor(Of<ControlListener> /*of*/) {
  return ObjectSchema<ControlListener>("ControlListener")
      .field("actor", &ControlListener::actor)
      .field("address", &ControlListener::address)
      .field("connections", &ControlListener::connections)
      .field("streams", &ControlListener::streams)
      .field("in_flight", &ControlListener::inFlight)
      .field("answered", &ControlListener::answered)
      .field("refused", &ControlListener::refused)
      .field("slow", &ControlListener::slow);
}

ObjectSchema<ControlActors> schemaFor(Of<ControlActors> /*of*/) {
  return ObjectSchema<ControlActors>("ControlActors")
      .field("actors", &ControlActors::actors)
      .field("listeners", &ControlActors::listeners);
}

ObjectSchema<ControlSetting> schemaFor(Of<ControlSetting> /*of*/) {
  return ObjectSchema<ControlSetting>("ControlSetting")
      .field("variable", &ControlSetting::variable)
      .field("value", &ControlSetting::value)
      .field("origin", &ControlSetting::origin);
}

ObjectSchema<CreateAdministratorRequest> schemaFor(Of<CreateAdministratorRequest> /*of*/) {
  return ObjectSchema<CreateAdministratorRequest>("AdministratorInput",
                                                  "Whose account is made an administrator")
      .field("email", &CreateAdministratorRequest::email, emailRules())
      .field("only_if_none", &CreateAdministratorRequest::onlyIfNone, rules().optional());
}

ObjectSchema<CreateAdministratorAnswer> schemaFor(Of<CreateAdministratorAnswer> /*of*/) {
  return ObjectSchema<CreateAdministratorAnswer>("AdministratorOutput")
      .computed("created",
                [](const CreateAdministratorAnswer& of) {
                  return of.outcome == CreateAdministratorOutcome::created;
                })
      .field("email", &CreateAdministratorAnswer::email)
      .field("one_time_password", &CreateAdministratorAnswer::oneTimePassword, rules().omitEmpty());
}

}  // namespace ks
