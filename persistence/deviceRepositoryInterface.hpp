#pragma once
#include "core/result.hpp"
#include "messages/account/deviceRecords.hpp"

namespace ks {

/// What sessions have to do with devices. Rules as AccountRepositoryInterface has them.
class DeviceRepositoryInterface {
 public:
  virtual ~DeviceRepositoryInterface() = default;

  /// Whether this call changed it.
  virtual void changeSessionDevice(ChangeSessionDevice change, Reply<bool> reply) = 0;
  /// Whether there was something to tell.
  virtual void noteNewDevice(NoteNewDevice note, Reply<bool> reply) = 0;
  /// Stores token and mail where there is an account with a confirmed address.
  virtual void requestDeviceLink(RequestDeviceLink link, Reply<Done> reply) = 0;
  /// Uses the token; whose it was.
  virtual void useDeviceLink(UseDeviceLink use, Reply<TokenOwner> reply) = 0;
};

}  // namespace ks
