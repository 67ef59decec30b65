//! Keys are made once, introduced once, and found again whatever broke off.

use super::{
    Introduction, KeyError, NEXT, PUBLIC, SECRET, StatementKeys, chain, hex, signed, unhex,
};
use meetellen_events::values::Timestamp;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn now() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("the system has room for a folder")
}

fn public(keys: &StatementKeys) -> String {
    keys.signing(now()).expect("a key").public()
}

fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).expect("it lists");
    let mut names: Vec<String> = all
        .map(|file| {
            file.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn a_key_is_made_when_it_is_needed_and_found_again() {
    let folder = folder();
    let keys = StatementKeys::of(folder.path());
    assert_eq!(keys.known().expect("none yet"), []);
    assert_eq!(names(folder.path()), Vec::<String>::new());
    let first = public(&keys);
    assert_eq!(public(&StatementKeys::of(folder.path())), first);
    assert_eq!(names(folder.path()), [PUBLIC, SECRET].map(str::to_owned));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path().join(SECRET))
            .expect("it is there")
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
}

#[test]
fn a_new_key_is_introduced_by_the_old_one_whose_secret_is_gone() {
    let folder = folder();
    let keys = StatementKeys::of(folder.path());
    let first = public(&keys);
    let old = fs::read(folder.path().join(SECRET)).expect("a secret");
    let second = keys.rotate(now()).expect("it turns");
    let third = keys.rotate(now()).expect("it turns");
    assert_eq!(second.introduced_by, Some(first.clone()));
    assert_eq!(public(&keys), third.public);
    let known = keys.known().expect("they read");
    assert!(known.iter().all(Introduction::holds));
    let led: Vec<&str> = chain(&known, &third.public)
        .iter()
        .map(|one| &*one.public)
        .collect();
    assert_eq!(led, [&*first, &*second.public, &*third.public]);
    for name in names(folder.path()) {
        let bytes = fs::read(folder.path().join(&name)).expect("it reads");
        assert!(
            !bytes.windows(32).any(|some| some == old),
            "{name} has the old secret"
        );
    }
}

#[test]
fn a_rotation_that_broke_off_is_finished_or_as_if_it_never_was() {
    let folder = folder();
    let keys = StatementKeys::of(folder.path());
    let first = public(&keys);
    let (secret, listed) = (folder.path().join(SECRET), folder.path().join(PUBLIC));
    let before = (
        fs::read(&secret).expect("it reads"),
        fs::read(&listed).expect("it reads"),
    );
    let second = keys.rotate(now()).expect("it turns");
    let new = fs::read(&secret).expect("it reads");
    // It broke off before the key was introduced: the old one signs.
    fs::write(&secret, &before.0).expect("it is put back");
    fs::write(folder.path().join(NEXT), &new).expect("it is put there");
    let introduced = fs::read(&listed).expect("it reads");
    fs::write(&listed, &before.1).expect("it is put back");
    assert_eq!(public(&keys), first);
    // It broke off after: the new one does.
    fs::write(&listed, introduced).expect("it is put back");
    assert_eq!(public(&keys), second.public);
    assert_eq!(names(folder.path()), [PUBLIC, SECRET].map(str::to_owned));
}

#[test]
fn what_is_lost_begins_anew_without_an_introduction() {
    for lost in [SECRET, PUBLIC] {
        let folder = folder();
        let keys = StatementKeys::of(folder.path());
        let first = public(&keys);
        fs::remove_file(folder.path().join(lost)).expect("it goes");
        let now = public(&keys);
        assert_eq!(now == first, lost == PUBLIC, "{lost}");
        let known = keys.known().expect("they read");
        let last = known.last().expect("there is one");
        assert_eq!((&last.public, &last.introduced_by), (&now, &None));
    }
}

#[test]
fn a_damaged_file_is_named_and_not_replaced() {
    for (name, bytes) in [(SECRET, &b"short"[..]), (PUBLIC, b"[{}]")] {
        let folder = folder();
        let keys = StatementKeys::of(folder.path());
        public(&keys);
        fs::write(folder.path().join(name), bytes).expect("it is written");
        let refused = keys.signing(now()).map(|signing| signing.public());
        assert!(matches!(refused, Err(KeyError::Damaged(named)) if named == name));
        assert_eq!(fs::read(folder.path().join(name)).expect("it reads"), bytes);
    }
}

#[test]
fn an_introduction_that_was_changed_does_not_hold() {
    let folder = folder();
    let keys = StatementKeys::of(folder.path());
    let first = public(&keys);
    let good = keys.rotate(now()).expect("it turns");
    let other = StatementKeys::of(self::folder().path())
        .signing(now())
        .expect("a key");
    let changes: [fn(&mut Introduction, String); 4] = [
        |one, _| one.introduced_at = Timestamp::from_millis(1),
        |one, other| one.public = other,
        |one, other| one.introduced_by = Some(other),
        |one, _| (one.introduced_by, one.introducer_signature) = (None, None),
    ];
    assert!(good.holds());
    for change in changes {
        let mut changed = good.clone();
        change(&mut changed, other.public());
        assert!(!changed.holds());
    }
    assert!(!signed(&first, b"said", &"0".repeat(128)));
    assert!(!signed("no hex", b"said", &hex(&[0; 64])));
    assert_eq!(unhex::<2>("0A0a"), None);
    assert_eq!(unhex::<2>("000a"), Some([0, 10]));
}
