#pragma once

namespace ks {

/// Registers the message types of both processes; call once, before an actor system is made.
void registerMessageTypes();

}  // namespace ks
