mod crashes;

use super::{KeyError, Keys, Opened, Owner, SEALED_TEXT_BYTES_MAX};
use meetellen_events::values::{EntryId, Month, OrganisationId, PersonId, Sealed};
use std::path::PathBuf;
use uuid::Uuid;

const HOUSE: OrganisationId = OrganisationId::new(Uuid::from_u128(1));
const OTHER: OrganisationId = OrganisationId::new(Uuid::from_u128(2));
const ANNA: Owner = Owner::Person(PersonId::new(Uuid::from_u128(3)));
const BEN: Owner = Owner::Person(PersonId::new(Uuid::from_u128(4)));
const REMARK: Owner = Owner::Entry(EntryId::new(Uuid::from_u128(3)));

fn month(text: &str) -> Month {
    text.parse().expect("a month")
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder to test in"))
    }

    fn keys(&self) -> Keys {
        Keys::open(&self.0.path().join("keys")).expect("the folder opens")
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("keys").join(format!("{HOUSE}.keys"))
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).expect("the key file is there")
    }
}

fn name(keys: &Keys) -> Sealed {
    keys.seal(HOUSE, ANNA, "name", "Anna de Boer")
        .expect("it seals")
}

#[test]
fn what_was_sealed_opens_after_a_restart() {
    let folder = Folder::new();
    let sealed = name(&folder.keys());
    assert!(!sealed.as_str().contains("Anna"));
    let opened = folder.keys().open_sealed(HOUSE, ANNA, "name", &sealed);
    assert_eq!(
        opened.expect("it opens"),
        Opened::Text("Anna de Boer".to_owned())
    );
}

#[test]
fn the_same_text_never_looks_the_same() {
    let keys = Folder::new();
    let keys = keys.keys();
    assert_ne!(name(&keys), name(&keys));
}

#[test]
fn sealed_text_opens_in_its_own_place_only() {
    let folder = Folder::new();
    let keys = folder.keys();
    let sealed = name(&keys);
    for owner in [BEN, REMARK] {
        keys.seal(HOUSE, owner, "name", "x").expect("it seals");
        let opened = keys.open_sealed(HOUSE, owner, "name", &sealed);
        assert!(matches!(opened, Err(KeyError::Forged)));
    }
    let opened = keys.open_sealed(HOUSE, ANNA, "contact", &sealed);
    assert!(matches!(opened, Err(KeyError::Forged)));
    let opened = keys.open_sealed(OTHER, ANNA, "name", &sealed);
    assert!(matches!(opened, Err(KeyError::Missing)));
    // Even where somebody copies the key itself to another organisation.
    let stolen = folder.file().with_file_name(format!("{OTHER}.keys"));
    std::fs::copy(folder.file(), stolen).expect("the file copies");
    let opened = folder.keys().open_sealed(OTHER, ANNA, "name", &sealed);
    assert!(matches!(opened, Err(KeyError::Forged)));
}

#[test]
fn a_destroyed_key_is_erased_for_good() {
    let folder = Folder::new();
    let keys = folder.keys();
    let sealed = name(&keys);
    let kept = keys.seal(HOUSE, BEN, "name", "Ben").expect("it seals");
    let before = folder.text();
    let secret = before.split(' ').nth(1).expect("a key in hex").to_owned();

    keys.destroy(HOUSE, ANNA).expect("it is destroyed");
    assert!(!folder.text().contains(&secret), "the bytes are gone");
    for keys in [keys, folder.keys()] {
        let opened = keys.open_sealed(HOUSE, ANNA, "name", &sealed);
        assert_eq!(opened.expect("no error"), Opened::Erased);
        assert_eq!(keys.destroyed(HOUSE).expect("it reads"), [ANNA]);
        let again = keys.seal(HOUSE, ANNA, "name", "Anna");
        assert!(matches!(again, Err(KeyError::Destroyed)));
        let ben = keys.open_sealed(HOUSE, BEN, "name", &kept);
        assert_eq!(ben.expect("it opens"), Opened::Text("Ben".to_owned()));
    }
}

#[test]
fn an_older_copy_put_back_is_destroyed_again() {
    let folder = Folder::new();
    let keys = folder.keys();
    let sealed = name(&keys);
    let older = folder.text();
    keys.destroy(HOUSE, ANNA).expect("it is destroyed");
    std::fs::write(folder.file(), older).expect("the older copy is put back");
    let keys = folder.keys();
    keys.destroy(HOUSE, ANNA).expect("it is destroyed again");
    let opened = folder.keys().open_sealed(HOUSE, ANNA, "name", &sealed);
    assert_eq!(opened.expect("no error"), Opened::Erased);
}

#[test]
fn a_rectified_person_gets_a_new_key() {
    let folder = Folder::new();
    let keys = folder.keys();
    let old = name(&keys);
    let Owner::Person(anna) = ANNA else {
        unreachable!("Anna is a person")
    };
    keys.renew(HOUSE, anna).expect("it is renewed");
    let new = name(&keys);
    for keys in [&keys, &folder.keys()] {
        assert_eq!(keys.unsettled(HOUSE).expect("it reads"), [ANNA]);
        for sealed in [&old, &new] {
            let opened = keys.open_sealed(HOUSE, ANNA, "name", sealed);
            assert!(matches!(opened, Ok(Opened::Text(_))));
        }
    }
    keys.settle(HOUSE, anna).expect("it is settled");
    let keys = folder.keys();
    assert_eq!(keys.unsettled(HOUSE).expect("it reads"), []);
    assert!(matches!(
        keys.open_sealed(HOUSE, ANNA, "name", &old),
        Err(KeyError::Forged)
    ));
    assert!(keys.open_sealed(HOUSE, ANNA, "name", &new).is_ok());
}

#[test]
fn an_organisation_that_leaves_keeps_tombstones_only() {
    let folder = Folder::new();
    let keys = folder.keys();
    name(&keys);
    keys.tag(HOUSE, month("2026-10"), b"phone").expect("a tag");
    keys.destroy_all(HOUSE).expect("all are destroyed");
    assert_eq!(folder.keys().destroyed(HOUSE).expect("it reads").len(), 2);
    assert!(
        folder
            .text()
            .lines()
            .all(|line| line.contains(" destroyed "))
    );
}

#[test]
fn a_tag_holds_for_one_month_of_one_organisation() {
    let folder = Folder::new();
    let october = |keys: &Keys| keys.tag(HOUSE, month("2026-10"), b"phone").expect("a tag");
    let tag = october(&folder.keys());
    let keys = folder.keys();
    assert_eq!(october(&keys), tag, "a restart changes nothing");
    assert_ne!(
        keys.tag(HOUSE, month("2026-10"), b"another")
            .expect("a tag"),
        tag
    );
    assert_ne!(
        keys.tag(HOUSE, month("2026-11"), b"phone").expect("a tag"),
        tag
    );
    assert_ne!(
        keys.tag(OTHER, month("2026-10"), b"phone").expect("a tag"),
        tag
    );
    keys.destroy(HOUSE, Owner::Month(month("2026-10")))
        .expect("it is destroyed");
    let late = keys.tag(HOUSE, month("2026-10"), b"phone");
    assert!(matches!(late, Err(KeyError::Destroyed)));
}

#[test]
fn a_key_cut_short_by_a_power_cut_is_dropped_and_the_rest_stays() {
    let folder = Folder::new();
    let sealed = name(&folder.keys());
    let whole = folder.text();
    folder
        .keys()
        .seal(HOUSE, BEN, "name", "Ben")
        .expect("it seals");
    let both = folder.text();
    for cut in whole.len()..both.len() {
        std::fs::write(folder.file(), &both[..cut]).expect("the file is cut");
        let keys = folder.keys();
        assert!(
            keys.open_sealed(HOUSE, ANNA, "name", &sealed).is_ok(),
            "cut at {cut}"
        );
        let ben = keys.seal(HOUSE, BEN, "name", "Ben").expect("it seals");
        let opened = folder.keys().open_sealed(HOUSE, BEN, "name", &ben);
        assert_eq!(opened.expect("it opens"), Opened::Text("Ben".to_owned()));
    }
}

#[test]
fn a_changed_line_is_damage_and_never_another_key() {
    let folder = Folder::new();
    name(&folder.keys());
    let changed = folder.text().replacen("person:0", "person:1", 1);
    std::fs::write(folder.file(), changed).expect("the file is changed");
    let opened = folder.keys().destroyed(HOUSE);
    assert!(matches!(opened, Err(KeyError::Damaged { line: 1, .. })));
}

#[test]
fn text_has_a_bound() {
    let keys = Folder::new();
    let keys = keys.keys();
    let longest = "a".repeat(SEALED_TEXT_BYTES_MAX);
    let sealed = keys
        .seal(HOUSE, REMARK, "remark", &longest)
        .expect("it seals");
    assert!(sealed.as_str().len() <= 8 * 1024);
    let longer = keys.seal(HOUSE, REMARK, "remark", &format!("{longest}a"));
    assert!(matches!(longer, Err(KeyError::TooLong)));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_a_key() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    name(&folder.keys());
    let mode = |path: &std::path::Path| {
        std::fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&folder.file()), 0o600);
    assert_eq!(mode(&folder.0.path().join("keys")), 0o700);
    folder.keys().destroy(HOUSE, ANNA).expect("it is destroyed");
    assert_eq!(mode(&folder.file()), 0o600);
}

#[test]
fn a_key_that_could_not_be_written_is_never_used() {
    let folder = Folder::new();
    let keys = folder.keys();
    let sealed = name(&keys);
    // A folder where the file written beside it should go: the rewrite fails, for root too.
    let beside = folder.file().with_extension("new");
    std::fs::create_dir(&beside).expect("the folder is made");
    let Owner::Person(anna) = ANNA else {
        unreachable!("Anna is a person")
    };
    keys.renew(HOUSE, anna).expect("it is renewed");
    assert!(matches!(keys.settle(HOUSE, anna), Err(KeyError::Disk(_))));
    assert!(matches!(
        keys.seal(HOUSE, ANNA, "name", "Anna"),
        Err(KeyError::Disk(_))
    ));
    assert!(
        folder
            .keys()
            .open_sealed(HOUSE, ANNA, "name", &sealed)
            .is_ok()
    );
    std::fs::remove_dir(&beside).expect("the folder is removed");
    let renewed = name(&keys);
    assert!(
        folder
            .keys()
            .open_sealed(HOUSE, ANNA, "name", &renewed)
            .is_ok()
    );
}
