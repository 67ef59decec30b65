//! Room: devices that were let in, what they may do, and how they are shut out.

pub mod state;
#[cfg(test)]
mod tests;

use crate::values::{DeviceId, Name, PersonId, SecretHash, Timestamp};
use serde::{Deserialize, Serialize};

/// What a device may do. The host's own rights are no role of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything in one organisation.
    Coordinator,
    /// Records, mends its own, sees today and the programme.
    Volunteer,
    /// A shared device: records and sees today, never people's data.
    Bar,
    /// A funder: closed months' figures only.
    Viewer,
}

/// How a device signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// By a cookie.
    #[default]
    Browser,
    /// By an API token.
    Api,
}

/// What happened to devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum Event {
    /// A device may enrol by a one-time code.
    #[serde(rename = "device_invited.v1")]
    Invited {
        /// Which.
        device: DeviceId,
        /// What people call it.
        name: Name,
        /// What it may do.
        role: Role,
        /// Hash of the one-time code.
        code: SecretHash,
        /// Until when the code is good.
        expires_at: Timestamp,
    },
    /// An invited device is in.
    #[serde(rename = "device_enrolled.v1")]
    Enrolled {
        /// Which.
        device: DeviceId,
        /// Hash of its refresh secret.
        refresh: SecretHash,
    },
    /// A volunteer's own phone is in, by her badge.
    #[serde(rename = "device_enrolled_by_badge.v1")]
    EnrolledByBadge {
        /// Which.
        device: DeviceId,
        /// Whose badge.
        person: PersonId,
        /// Hash of its refresh secret.
        refresh: SecretHash,
    },
    /// A program is in, by a token that names this device. The token ends where the event says.
    #[serde(rename = "api_token_issued.v1")]
    ApiTokenIssued {
        /// Which.
        device: DeviceId,
        /// What people call it.
        name: Name,
        /// What it may do.
        role: Role,
        /// Until when the token is good.
        expires_at: Timestamp,
        /// Whether the host made it when the organisation began.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_host: bool,
    },
    /// A browser has a new refresh secret; the one before is good until this one was used.
    #[serde(rename = "refresh_changed.v1")]
    RefreshChanged {
        /// Which device.
        device: DeviceId,
        /// Hash of the new secret.
        refresh: SecretHash,
    },
    /// A browser showed its new refresh secret: the one before is good no more.
    #[serde(rename = "refresh_used.v1")]
    RefreshUsed {
        /// Which device.
        device: DeviceId,
        /// Hash of the secret shown.
        refresh: SecretHash,
    },
    /// A device is shut out at once.
    #[serde(rename = "device_revoked.v1")]
    Revoked {
        /// Which.
        device: DeviceId,
    },
}

/// What can be asked about devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Let a device enrol.
    Invite {
        /// Its new id.
        device: DeviceId,
        /// What people call it.
        name: Name,
        /// What it may do.
        role: Role,
        /// Hash of the one-time code, good for [`INVITATION_MILLIS`].
        code: SecretHash,
    },
    /// Enrol by the one-time code.
    Enrol {
        /// Hash of the code.
        code: SecretHash,
        /// Hash of the refresh secret.
        refresh: SecretHash,
    },
    /// Enrol a volunteer's own phone by her badge.
    EnrolByBadge {
        /// Hash of the pass.
        pass: SecretHash,
        /// The phone's new id.
        device: DeviceId,
        /// Hash of the refresh secret.
        refresh: SecretHash,
    },
    /// Let a program in.
    IssueApiToken {
        /// Its new id.
        device: DeviceId,
        /// What people call it.
        name: Name,
        /// What it may do, for [`API_TOKEN_MILLIS`].
        role: Role,
    },
    /// Sign in again by the refresh secret. The one before stays good until the new one was shown, since answers get
    /// lost; an older one shuts the device out.
    Refresh {
        /// Which device.
        device: DeviceId,
        /// Hash of the secret shown.
        shown: SecretHash,
        /// Hash of a new one, taken where a day has gone by.
        next: SecretHash,
    },
    /// Shut a device out.
    Revoke(DeviceId),
}

/// How long a one-time code is good: 15 minutes.
pub const INVITATION_MILLIS: i64 = 15 * 60_000;

/// Phones and computers of one person that her badges let in; a further one shuts the oldest out.
pub const BADGE_DEVICES_MAX: usize = 5;

/// How long an API token is good: 90 days.
pub const API_TOKEN_MILLIS: i64 = 90 * 86_400_000;

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such device.
    #[error("no device {0}")]
    UnknownDevice(DeviceId),
    /// No such one-time code, or it was used.
    #[error("the code is not good")]
    CodeSpent,
    /// The one-time code is too old.
    #[error("the code was good until {expired_at}")]
    CodeExpired {
        /// Until when it was.
        expired_at: Timestamp,
    },
    /// The device was shut out.
    #[error("device {0} was revoked")]
    Revoked(DeviceId),
    /// The badge is no volunteer's, or not known.
    #[error("the badge is no volunteer's")]
    NoBadge,
    /// The id stands for something else already.
    #[error("the id is in use")]
    IdReused,
}
