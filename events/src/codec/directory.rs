//! What of an organisation is looked up across organisations: its slug, codes on walls, passes, invitations, and
//! whose keys must be gone.

use super::decode;
use crate::event::{Event, Recorded};
use crate::log::line::Line;
use crate::values::{Code, OrganisationId, PersonId, SecretHash, Slug};
use crate::{access, organisation, people, programme};

/// A key of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Found {
    /// An organisation's name in addresses.
    Slug(Slug),
    /// A code on a wall.
    Code(Code),
    /// Hash of what stands for somebody: a pass, a short code, an invitation.
    Secret(SecretHash),
    /// A person of an organisation who was erased.
    Erased(OrganisationId, PersonId),
    /// An organisation that ended.
    Ended(OrganisationId),
}

/// The bytes a key is kept under.
pub fn directory_key(found: &Found) -> Vec<u8> {
    match found {
        Found::Slug(slug) => [b"s", slug.as_str().as_bytes()].concat(),
        Found::Code(code) => [b"c".as_slice(), code.bytes()].concat(),
        Found::Secret(hash) => [b"h".as_slice(), hash.bytes()].concat(),
        Found::Erased(organisation, person) => [
            b"e".as_slice(),
            organisation.uuid().as_bytes(),
            person.uuid().as_bytes(),
        ]
        .concat(),
        Found::Ended(organisation) => [b"z".as_slice(), organisation.uuid().as_bytes()].concat(),
    }
}

/// The person that a key says was erased.
pub fn erased(key: &[u8]) -> Option<(OrganisationId, PersonId)> {
    let ids = key.strip_prefix(b"e")?;
    let (organisation, person) = ids.split_first_chunk::<16>()?;
    let person: &[u8; 16] = person.try_into().ok()?;
    let organisation = OrganisationId::new(uuid::Uuid::from_bytes(*organisation));
    Some((organisation, PersonId::new(uuid::Uuid::from_bytes(*person))))
}

/// The stored names of the events that [`keys`] finds something in.
const LISTED: [&[u8]; 6] = [
    b"organisation_founded.v1",
    b"organisation_ended.v1",
    b"person_erased.v1",
    b"code_issued.v1",
    b"pass_issued.v1",
    b"device_invited.v1",
];

/// The directory entries of a line, key and organisation. What is withdrawn stays: the rules say that it is.
pub fn directory(line: &Line) -> Vec<(Vec<u8>, Vec<u8>)> {
    // Hardly any line has one, and reading a whole line to see that costs more than keeping it.
    if !may_list(line.bytes()) {
        return Vec::new();
    }
    let Ok(commit) = decode(line) else {
        return Vec::new();
    };
    let whose = organisation_bytes(line.organisation());
    let facts = commit.facts.iter();
    let keys = facts.flat_map(|fact| keys(line.organisation(), &fact.event));
    keys.map(|key| (directory_key(&key), whose.clone()))
        .collect()
}

/// What a commit's facts add to the directory, as [`directory`] finds it in its line.
pub fn directory_keys(
    organisation: OrganisationId,
    facts: &[Recorded],
) -> impl Iterator<Item = Vec<u8>> + '_ {
    let facts = facts.iter();
    let keys = facts.flat_map(move |recorded| keys(organisation, &recorded.fact.event));
    keys.map(|key| directory_key(&key))
}

/// Whether an event of the line has one of the names. A quote inside a text stands behind a backslash, so that only a
/// member itself looks like this; and finding one too many does no harm.
fn may_list(line: &[u8]) -> bool {
    const MEMBER: &[u8] = b"\"type\":\"";
    let mut rest = line;
    while let Some(at) = rest.iter().position(|byte| *byte == b'"') {
        rest = &rest[at..];
        if let Some(name) = rest.strip_prefix(MEMBER)
            && LISTED.iter().any(|listed| name.starts_with(listed))
        {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

fn organisation_bytes(organisation: OrganisationId) -> Vec<u8> {
    organisation.uuid().as_bytes().to_vec()
}

fn keys(organisation: OrganisationId, event: &Event) -> Vec<Found> {
    match event {
        Event::Organisation(organisation::Event::Founded { slug, .. }) => {
            vec![Found::Slug(slug.clone())]
        }
        Event::Programme(programme::Event::CodeIssued { code, .. }) => vec![Found::Code(*code)],
        Event::People(people::Event::PassIssued { pass, short, .. }) => {
            vec![Found::Secret(*pass), Found::Secret(*short)]
        }
        Event::Access(access::Event::Invited { code, .. }) => vec![Found::Secret(*code)],
        Event::People(people::Event::Erased { person }) => {
            vec![Found::Erased(organisation, *person)]
        }
        Event::Organisation(organisation::Event::Ended {}) => vec![Found::Ended(organisation)],
        Event::Organisation(_)
        | Event::Programme(_)
        | Event::Tally(_)
        | Event::People(_)
        | Event::Access(_)
        | Event::Standing(_)
        | Event::Months(_)
        | Event::Unknown(_) => Vec::new(),
    }
}
