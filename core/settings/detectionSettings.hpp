#pragma once
#include <array>

#include "core/settings/settingsTable.hpp"

// The settings of detection and bans. Only settingsTable.cpp includes this.
namespace ks {

constexpr std::array kDetectionSettings{
    SettingDescription{
        .variable = "K_DETECT_DOS_ATTEMPT",
        .member = &Settings::detectDosAttempt,
        .kind = SettingKind::rate,
        .fallback = "11/300",
        .description = "Refusals by a rate limit, of one address: an attempt at denial of service.",
        .live = LiveFor::superadmins},
    SettingDescription{.variable = "K_DETECT_RAPID_VIOLATIONS",
                       .member = &Settings::detectRapidViolations,
                       .kind = SettingKind::rate,
                       .fallback = "51/3600",
                       .description = "The same, slower.",
                       .live = LiveFor::superadmins},
    SettingDescription{
        .variable = "K_DETECT_HONEYPOT",
        .member = &Settings::detectHoneypot,
        .kind = SettingKind::rate,
        .fallback = "3/600",
        .description = "Honeypot hits of one address that count as an attack; a single hit is also recorded.",
        .live = LiveFor::superadmins},
    SettingDescription{.variable = "K_DETECT_AUTH_SPRAY",
                       .member = &Settings::detectAuthSpray,
                       .kind = SettingKind::rate,
                       .fallback = "10/600",
                       .description = "Accounts that one address fails to sign in to.",
                       .live = LiveFor::superadmins},
    SettingDescription{.variable = "K_DETECT_AUTH_DISTRIBUTED",
                       .member = &Settings::detectAuthDistributed,
                       .kind = SettingKind::rate,
                       .fallback = "10/600",
                       .description = "Addresses that fail to sign in to one account.",
                       .live = LiveFor::superadmins},
    SettingDescription{.variable = "K_DETECT_PATH_PROBING",
                       .member = &Settings::detectPathProbing,
                       .kind = SettingKind::rate,
                       .fallback = "10/60",
                       .description = "Different paths of one address that were answered 403 or 404.",
                       .live = LiveFor::superadmins},
    SettingDescription{
        .variable = "K_DETECT_QUIET_S",
        .member = &Settings::detectQuiet,
        .kind = SettingKind::integer,
        .fallback = "3600",
        .description =
            "After a finding, the same finding about the same address is not repeated within this time.",
        .least = 1,
        .most = 86400,
        .unit = "seconds",
        .live = LiveFor::superadmins},
    SettingDescription{.variable = "K_BAN_AUTOMATIC",
                       .member = &Settings::banAutomatically,
                       .kind = SettingKind::choice,
                       .fallback = "observe",
                       .description =
                           "on bans the address of a finding of high severity; observe only records "
                           "that it would have been banned.",
                       .choices = "observe|on",
                       .live = LiveFor::superadmins},
    SettingDescription{.variable = "K_BAN_LENGTH_S",
                       .member = &Settings::banLength,
                       .kind = SettingKind::integer,
                       .fallback = "3600",
                       .description = "Length of an automatic ban; each earlier one of the address within 30 "
                                      "days doubles it, up to a week.",
                       .least = 1,
                       .most = 604800,
                       .unit = "seconds",
                       .live = LiveFor::superadmins},
};

}  // namespace ks
