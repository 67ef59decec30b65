//! What of an organisation is looked up across organisations: its slug, codes on walls, passes, invitations.

use super::decode;
use crate::event::Event;
use crate::log::line::Line;
use crate::values::{Code, OrganisationId, SecretHash, Slug};
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
}

/// The bytes a key is kept under.
pub fn directory_key(found: &Found) -> Vec<u8> {
    match found {
        Found::Slug(slug) => [b"s", slug.as_str().as_bytes()].concat(),
        Found::Code(code) => [b"c".as_slice(), code.bytes()].concat(),
        Found::Secret(hash) => [b"h".as_slice(), hash.bytes()].concat(),
    }
}

/// The directory entries of a line, key and organisation. What is withdrawn stays: the rules say that it is.
pub fn directory(line: &Line) -> Vec<(Vec<u8>, Vec<u8>)> {
    let Ok(commit) = decode(line) else {
        return Vec::new();
    };
    let whose = organisation_bytes(line.organisation());
    let keys = commit.facts.iter().flat_map(|fact| keys(&fact.event));
    keys.map(|key| (directory_key(&key), whose.clone()))
        .collect()
}

fn organisation_bytes(organisation: OrganisationId) -> Vec<u8> {
    organisation.uuid().as_bytes().to_vec()
}

fn keys(event: &Event) -> Vec<Found> {
    match event {
        Event::Organisation(organisation::Event::Founded { slug, .. }) => {
            vec![Found::Slug(slug.clone())]
        }
        Event::Programme(programme::Event::CodeIssued { code, .. }) => vec![Found::Code(*code)],
        Event::People(people::Event::PassIssued { pass, short, .. }) => {
            vec![Found::Secret(*pass), Found::Secret(*short)]
        }
        Event::Access(access::Event::Invited { code, .. }) => vec![Found::Secret(*code)],
        Event::Organisation(_)
        | Event::Programme(_)
        | Event::Tally(_)
        | Event::People(_)
        | Event::Access(_)
        | Event::Standing(_)
        | Event::Unknown(_) => Vec::new(),
    }
}
