//! Archives that are no backup, or not one any more: nothing of them is written outside, and nothing stays.

use super::{backup, names, refused};
use crate::support::Server;
use crate::support::process::path;
use serde_json::json;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tar::{EntryType, Header};
use tempfile::TempDir;

/// A member: its header and what it holds.
type Member = (Header, Vec<u8>);

static SOUND: LazyLock<Vec<Member>> = LazyLock::new(|| {
    let here = tempfile::tempdir().expect("a folder");
    let file = here.path().join("sound");
    let server = Server::start();
    let anna = json!({ "name": "Anna" });
    let house = server.found("badhuis");
    house.coordinator.post("/api/v1/people", &anna).told(201);
    backup(server.folder(), &file, &["--with-keys"]);
    let packed = fs::File::open(file).expect("it opens");
    let mut archive = tar::Archive::new(zstd::Decoder::new(packed).expect("it is zstd"));
    let entries = archive.entries().expect("it is a tar");
    entries
        .map(|entry| {
            let mut entry = entry.expect("a member");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("it reads");
            (entry.header().clone(), content)
        })
        .collect()
});

fn tarred(members: &[Member]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (header, content) in members {
        tar.append(header, &content[..]).expect("it is added");
    }
    tar.into_inner().expect("it ends")
}

fn packed(tar: &[u8]) -> Vec<u8> {
    zstd::encode_all(tar, 1).expect("it is packed")
}

/// A member whose name is written as it is, whatever a careful writer would say to it.
fn member(name: &str, kind: EntryType, content: &[u8]) -> Member {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_mode(0o600);
    header.set_size(content.len() as u64);
    if kind == EntryType::Symlink || kind == EntryType::Link {
        header.set_link_name("/etc/passwd").expect("it fits");
    }
    header.set_cksum();
    (header, content.to_vec())
}

struct World {
    here: TempDir,
}

impl World {
    fn new() -> Self {
        let here = tempfile::tempdir().expect("a folder");
        Self { here }
    }

    fn data(&self) -> PathBuf {
        self.here.path().join("inside").join("new")
    }

    /// What is said of an archive that is refused, once nothing of it is anywhere.
    #[track_caller]
    fn refuses(&self, archive: &[u8]) -> String {
        let file = self.here.path().join("archive");
        fs::write(&file, archive).expect("it is written");
        let inside = self.here.path().join("inside");
        fs::create_dir_all(&inside).expect("it is made");
        let said = refused(&file, &self.data());
        assert!(names(&inside).is_empty(), "nothing half done: {said}");
        assert_eq!(names(self.here.path()), ["archive", "inside"]);
        said
    }
}

fn with(change: impl FnOnce(&mut Vec<Member>)) -> Vec<u8> {
    let mut members = SOUND.clone();
    change(&mut members);
    packed(&tarred(&members))
}

#[test]
fn a_member_that_a_backup_has_not_is_refused_unwritten() {
    let world = World::new();
    for name in [
        "../evil",
        "journal/../../evil",
        "/tmp/evil",
        "journal/evil",
        "journal/00000001.ndjson/x",
        "keys/badhuis.keys",
        "keys/../token.keys",
        "signing/.hidden",
        "signing/a/b",
        "store/1/db",
        "lock",
        "",
    ] {
        let evil = member(name, EntryType::Regular, b"evil");
        let said = world.refuses(&with(|members| members.insert(2, evil)));
        assert!(said.contains("a backup holds no"), "{name}: {said}");
    }
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Fifo,
        EntryType::Char,
        EntryType::GNULongName,
        EntryType::GNULongLink,
        EntryType::GNUSparse,
        EntryType::XHeader,
        EntryType::XGlobalHeader,
    ] {
        let evil = member("journal/00000009.ndjson", kind, b"");
        let said = world.refuses(&with(|members| members.push(evil)));
        assert!(said.contains("a backup holds no"), "{kind:?}: {said}");
    }
}

#[test]
fn members_twice_out_of_order_or_too_large_are_refused() {
    let world = World::new();
    let order = "out of its order or too large";
    let twice = with(|members| members.insert(2, members[1].clone()));
    assert!(world.refuses(&twice).contains(order));
    let swapped = with(|members| members.swap(1, 2));
    assert!(world.refuses(&swapped).contains(order));
    let late = with(|members| members.push(members[0].clone()));
    assert!(world.refuses(&late).contains(order));
    let mut huge = member("journal/00000009.ndjson", EntryType::Regular, b"");
    huge.0.set_size(1 << 40);
    huge.0.set_cksum();
    let keys = |members: &[Member]| {
        let path = |member: &Member| member.0.path_bytes().starts_with(b"keys/");
        members.iter().position(path).expect("there are keys")
    };
    let huge = with(|members| {
        let at = keys(members);
        members.insert(at, huge);
    });
    assert!(world.refuses(&huge).contains(order));
}

#[test]
fn what_is_no_backup_or_of_another_version_is_refused() {
    let world = World::new();
    world.refuses(b"");
    world.refuses(b"no archive");
    world.refuses(&tarred(&SOUND));
    world.refuses(&packed(b""));
    assert!(
        world
            .refuses(&with(|members| drop(members.remove(0))))
            .contains("no backup")
    );
    let newer = br#"{"format":2,"keys":false,"made_at":"2026-10-07T12:00:00.000Z","program":"9"}"#;
    let newer = member("backup.json", EntryType::Regular, newer);
    let said = world.refuses(&with(|members| members[0] = newer));
    assert!(said.contains("another version"), "{said}");
    let nothing = member("backup.json", EntryType::Regular, b"{");
    world.refuses(&with(|members| members[0] = nothing));
}

#[test]
fn an_archive_that_was_cut_or_changed_is_refused_whole() {
    let world = World::new();
    let tar = tarred(&SOUND);
    let whole = with(|_| {});
    for cut in [whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        world.refuses(&whole[..cut]);
    }
    world.refuses(&[&whole[..], b"more"].concat());
    world.refuses(&[&whole[..], &packed(b"more")[..]].concat());
    // Cut before it was packed: what a careless copy of the tar is.
    world.refuses(&packed(&tar[..tar.len() / 2]));
    let mut flipped = SOUND.clone();
    let middle = flipped[2].1.len() / 2;
    flipped[2].1[middle] ^= 1;
    world.refuses(&packed(&tarred(&flipped)));
    let real = World::new();
    let file = real.here.path().join("real");
    backup(super::garden().path(), &file, &[]);
    let written = fs::read(&file).expect("it reads");
    fs::remove_file(&file).expect("it goes");
    for at in (0..written.len()).step_by(written.len() / 16) {
        let mut changed = written.clone();
        changed[at] ^= 0x10;
        real.refuses(&changed);
    }
}

#[test]
fn parts_that_do_not_belong_together_are_refused() {
    let world = World::new();
    let no_mark = world.refuses(&with(|members| drop(members.remove(1))));
    assert!(no_mark.contains("belong together"), "{no_mark}");
    let no_journal = world.refuses(&with(|members| drop(members.remove(2))));
    assert!(
        no_journal.contains("belong together") || no_journal.contains("not as long"),
        "{no_journal}"
    );
    let further = member("journal/00000002.ndjson", EntryType::Regular, b"");
    let further = world.refuses(&with(|members| members.insert(3, further)));
    assert!(further.contains("goes on behind"), "{further}");
    let longer = with(|members| {
        let (header, content) = &mut members[2];
        content.push(0);
        header.set_size(content.len() as u64);
        header.set_cksum();
    });
    assert!(world.refuses(&longer).contains("not as long"));
    let bad_keys = with(|members| {
        let keys = |(header, _): &&mut Member| header.path_bytes().starts_with(b"keys/");
        let (_, content) = members.iter_mut().find(keys).expect("there are keys");
        content[0] ^= 1;
    });
    assert!(world.refuses(&bad_keys).contains("damaged"));
}

#[test]
fn a_sound_archive_made_by_other_tools_is_restored() {
    let here = tempfile::tempdir().expect("a folder");
    let (file, data) = (here.path().join("archive"), here.path().join("new"));
    fs::write(&file, with(|_| {})).expect("it is written");
    super::restore(&file, &data);
    let there: &Path = &data;
    assert!(path(there).ends_with("new") && there.join("keys").is_dir());
}
