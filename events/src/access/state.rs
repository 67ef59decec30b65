//! What the rules keep of devices.

use super::{
    API_TOKEN_MILLIS, BADGE_DEVICES_MAX, Command, DeviceKind, Event, INVITATION_MILLIS, Rejection,
    Role,
};
use crate::event::{ActorKind, Recorded};
use crate::values::{DeviceId, Name, PersonId, SecretHash, Timestamp};
use std::collections::HashMap;

/// A refresh secret is changed once a day of use.
const REFRESH_CHANGES_AFTER_MILLIS: i64 = 24 * 3_600_000;

/// A device that was let in or invited.
#[derive(Debug, Clone)]
pub struct Device {
    /// What people call it; none for a volunteer's own phone.
    pub name: Option<Name>,
    /// What it may do.
    pub role: Role,
    /// How it signs in.
    pub kind: DeviceKind,
    /// Whose badge let it in.
    pub person: Option<PersonId>,
    /// Whether it was shut out.
    pub revoked: bool,
    /// Until when its one-time code or its token is good.
    pub expires_at: Option<Timestamp>,
    /// When it was invited or let in.
    pub added_at: Timestamp,
    /// Who invited it or let it in: the host, or another device. The server by itself where a badge did.
    pub added_by: ActorKind,
    invitation: Option<SecretHash>,
    secrets: Option<Secrets>,
}

/// The refresh secrets of a browser that enrolled.
#[derive(Debug, Clone, Copy)]
struct Secrets {
    /// With which it enrolled.
    first: SecretHash,
    /// The last one it showed, or the first.
    current: SecretHash,
    /// What it was told since, and has not shown.
    next: Option<SecretHash>,
    changed_at: Timestamp,
}

/// The devices.
#[derive(Debug, Clone, Default)]
pub struct State {
    devices: HashMap<DeviceId, Device>,
    invitations: HashMap<SecretHash, DeviceId>,
    refresh: HashMap<SecretHash, DeviceId>,
}

impl State {
    /// A device, shut out or not.
    pub fn device(&self, device: DeviceId) -> Option<&Device> {
        self.devices.get(&device)
    }

    /// The device that was ever given this refresh secret.
    pub fn by_refresh(&self, hash: &SecretHash) -> Option<DeviceId> {
        self.refresh.get(hash).copied()
    }

    /// The device that the hash of a one-time code invited, in already or not.
    pub fn by_invitation(&self, code: &SecretHash) -> Option<&Device> {
        self.devices.get(self.invitations.get(code)?)
    }

    /// Every device, in no order.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceId, &Device)> {
        self.devices.iter().map(|(id, device)| (*id, device))
    }

    /// The devices let in by a person's badge that are still in, in the order of their ids.
    pub fn of_person(&self, person: PersonId) -> Vec<DeviceId> {
        let mut found: Vec<_> = self
            .devices()
            .filter(|(_, device)| device.person == Some(person) && !device.revoked)
            .map(|(id, _)| id)
            .collect();
        found.sort_unstable();
        found
    }

    /// What a command would record; `badge` is the volunteer whose badge the command shows.
    pub fn decide(
        &self,
        command: &Command,
        now: Timestamp,
        by_host: bool,
        badge: Option<PersonId>,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Invite {
                device,
                name,
                role,
                code,
            } => {
                let other = self.invitations.get(code).filter(|known| *known != device);
                if other.is_some() {
                    return Err(Rejection::IdReused);
                }
                let event = Event::Invited {
                    device: *device,
                    name: name.clone(),
                    role: *role,
                    code: *code,
                    expires_at: now.plus_millis(INVITATION_MILLIS),
                };
                let same = |known: &Device| known.invitation == Some(*code);
                self.admit(*device, event, same)
            }
            Command::IssueApiToken { device, name, role } => {
                let event = Event::ApiTokenIssued {
                    device: *device,
                    name: name.clone(),
                    role: *role,
                    expires_at: now.plus_millis(API_TOKEN_MILLIS),
                    by_host,
                };
                let same = |known: &Device| {
                    known.kind == DeviceKind::Api
                        && known.role == *role
                        && known.name.as_ref() == Some(name)
                };
                self.admit(*device, event, same)
            }
            Command::EnrolByBadge {
                device, refresh, ..
            } => {
                let person = badge.ok_or(Rejection::NoBadge)?;
                let (device, refresh) = (*device, *refresh);
                let event = Event::EnrolledByBadge {
                    device,
                    person,
                    refresh,
                };
                let same = |known: &Device| known.enrolled_with(refresh);
                let admitted = self.admit(device, event, same)?;
                // Of a badge that was copied, or phones that were lost: the newest stay in.
                let oldest = (!admitted.is_empty())
                    .then(|| self.oldest_of(person, BADGE_DEVICES_MAX - 1))
                    .into_iter()
                    .flatten()
                    .map(|device| Event::Revoked { device });
                Ok(oldest.chain(admitted).collect())
            }
            Command::Enrol { code, refresh } => self.enrol(code, *refresh, now),
            Command::Refresh {
                device,
                shown,
                next,
            } => self.renew(*device, shown, *next, now),
            Command::Revoke(device) => match self.devices.get(device) {
                None => Err(Rejection::UnknownDevice(*device)),
                Some(known) if known.revoked => Ok(vec![]),
                Some(_) => Ok(vec![Event::Revoked { device: *device }]),
            },
        }
    }

    /// The devices let in by a person's badges that are still in, without the newest `kept`; the oldest first.
    fn oldest_of(&self, person: PersonId, kept: usize) -> Vec<DeviceId> {
        let added_at = |device: &DeviceId| self.devices.get(device).map(|known| known.added_at);
        let mut own = self.of_person(person);
        own.sort_by_key(|device| (added_at(device), *device));
        own.truncate(own.len().saturating_sub(kept));
        own
    }

    fn admit(
        &self,
        device: DeviceId,
        event: Event,
        same: impl Fn(&Device) -> bool,
    ) -> Result<Vec<Event>, Rejection> {
        match self.devices.get(&device) {
            None => Ok(vec![event]),
            Some(known) if known.revoked => Err(Rejection::Revoked(device)),
            Some(known) if same(known) => Ok(vec![]),
            Some(_) => Err(Rejection::IdReused),
        }
    }

    fn enrol(
        &self,
        code: &SecretHash,
        refresh: SecretHash,
        now: Timestamp,
    ) -> Result<Vec<Event>, Rejection> {
        let device = *self.invitations.get(code).ok_or(Rejection::CodeSpent)?;
        let known = self.devices.get(&device).ok_or(Rejection::CodeSpent)?;
        if known.revoked {
            return Err(Rejection::Revoked(device));
        }
        if known.enrolled_with(refresh) {
            return Ok(vec![]);
        }
        if known.secrets.is_some() {
            return Err(Rejection::CodeSpent);
        }
        match known.expires_at {
            Some(expired_at) if now >= expired_at => Err(Rejection::CodeExpired { expired_at }),
            Some(_) | None => Ok(vec![Event::Enrolled { device, refresh }]),
        }
    }

    fn renew(
        &self,
        device: DeviceId,
        shown: &SecretHash,
        next: SecretHash,
        now: Timestamp,
    ) -> Result<Vec<Event>, Rejection> {
        let known = self
            .devices
            .get(&device)
            .ok_or(Rejection::UnknownDevice(device))?;
        if known.revoked {
            return Err(Rejection::Revoked(device));
        }
        let secrets = known.secrets.ok_or(Rejection::CodeSpent)?;
        let is_new = secrets.next == Some(*shown);
        if !is_new && secrets.current != *shown {
            return match self.refresh.get(shown) {
                Some(owner) if *owner == device => Ok(vec![Event::Revoked { device }]),
                Some(_) | None => Err(Rejection::CodeSpent),
            };
        }
        let due = now.millis_since(secrets.changed_at) >= REFRESH_CHANGES_AFTER_MILLIS;
        let used = is_new.then_some(Event::RefreshUsed {
            device,
            refresh: *shown,
        });
        let changed = due.then_some(Event::RefreshChanged {
            device,
            refresh: next,
        });
        Ok(used.into_iter().chain(changed).collect())
    }

    /// Takes an event in.
    pub fn evolve(&mut self, event: &Event, recorded: &Recorded) {
        let recorded_at = recorded.recorded_at;
        match event {
            Event::Invited {
                device,
                name,
                role,
                code,
                expires_at,
            } => {
                let mut new = Device::new(*role, DeviceKind::Browser, recorded);
                new.name = Some(name.clone());
                new.expires_at = Some(*expires_at);
                new.invitation = Some(*code);
                self.invitations.insert(*code, *device);
                self.devices.insert(*device, new);
            }
            Event::ApiTokenIssued {
                device,
                name,
                role,
                expires_at,
                ..
            } => {
                let mut new = Device::new(*role, DeviceKind::Api, recorded);
                new.name = Some(name.clone());
                new.expires_at = Some(*expires_at);
                self.devices.insert(*device, new);
            }
            Event::EnrolledByBadge {
                device,
                person,
                refresh,
            } => {
                let mut new = Device::new(Role::Volunteer, DeviceKind::Browser, recorded);
                new.person = Some(*person);
                self.devices.insert(*device, new);
                self.enrolled(*device, *refresh, recorded_at);
            }
            Event::Enrolled { device, refresh } => self.enrolled(*device, *refresh, recorded_at),
            Event::RefreshChanged { device, refresh } => {
                self.refresh.insert(*refresh, *device);
                if let Some(secrets) = self.secrets_of(*device) {
                    secrets.next = Some(*refresh);
                    secrets.changed_at = recorded_at;
                }
            }
            Event::RefreshUsed { device, refresh } => {
                if let Some(secrets) = self.secrets_of(*device) {
                    secrets.current = *refresh;
                    secrets.next = None;
                }
            }
            Event::Revoked { device } => {
                if let Some(known) = self.devices.get_mut(device) {
                    known.revoked = true;
                }
            }
        }
    }

    fn enrolled(&mut self, device: DeviceId, first: SecretHash, changed_at: Timestamp) {
        self.refresh.insert(first, device);
        if let Some(known) = self.devices.get_mut(&device) {
            known.secrets = Some(Secrets {
                first,
                current: first,
                next: None,
                changed_at,
            });
        }
    }

    fn secrets_of(&mut self, device: DeviceId) -> Option<&mut Secrets> {
        self.devices.get_mut(&device)?.secrets.as_mut()
    }
}

impl Device {
    fn new(role: Role, kind: DeviceKind, recorded: &Recorded) -> Self {
        Self {
            name: None,
            role,
            kind,
            person: None,
            revoked: false,
            expires_at: None,
            added_at: recorded.recorded_at,
            added_by: recorded.actor.kind,
            invitation: None,
            secrets: None,
        }
    }

    fn enrolled_with(&self, refresh: SecretHash) -> bool {
        self.secrets.is_some_and(|secrets| secrets.first == refresh)
    }

    /// Whether it has signed in: a browser that enrolled, or a program with its token.
    pub fn is_in(&self) -> bool {
        !self.revoked && self.is_enrolled()
    }

    /// Whether it ever signed in, shut out since or not.
    pub fn is_enrolled(&self) -> bool {
        self.kind == DeviceKind::Api || self.secrets.is_some()
    }

    /// When a browser last enrolled or got a new secret: its last day of use, as far as that is known.
    pub fn seen_at(&self) -> Option<Timestamp> {
        self.secrets.map(|secrets| secrets.changed_at)
    }
}
