use super::{Core, Done, MEMORY_BYTES_DEFAULT, Refusal, WriteError, Writer, WriterThread};
use crate::clock::StoppedClock;
use meetellen_events::access::{self, Role};
use meetellen_events::codec::{self, Found};
use meetellen_events::log::{Config, EventLog};
use meetellen_events::organisation::{Authority, Command, Request};
use meetellen_events::tally;
use meetellen_events::values::{
    Cups, DeviceId, EntryId, Locale, Name, OrganisationId, Slug, Timestamp,
};
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

const NOON: i64 = 1_790_000_000_000;

fn organisation(number: u128) -> OrganisationId {
    OrganisationId::new(uuid::Uuid::from_u128(number))
}

fn founding(number: u128, slug: &str) -> Command {
    Command {
        authority: Authority::Operator,
        request: Request::Found {
            organisation: organisation(number),
            name: Name::new("Het Huis").expect("a name"),
            slug: Slug::new(slug).expect("a slug"),
            time_zone: "Europe/Amsterdam".to_owned(),
            locale: Locale::Nl,
            demo: false,
            at: Timestamp::from_millis(NOON),
        },
    }
}

fn coffee(entry: u128) -> Command {
    Command {
        authority: Authority::System,
        request: Request::Tally(tally::Entry {
            id: EntryId::new(uuid::Uuid::from_u128(entry)),
            occurred_at: Timestamp::from_millis(NOON),
            shifted_millis: 0,
            command: tally::Command::Coffee {
                cups: Cups::new(1).expect("one cup"),
                paid: None,
                pot: false,
                session: None,
            },
        }),
    }
}

fn core(folder: &Path, memory_bytes: u64) -> Core {
    let config = Config::new(folder, codec::pack, codec::directory);
    let (log, _) = EventLog::open(config, &mut |_| {}).expect("the log opens");
    Core::new(log, memory_bytes).expect("the directory reads")
}

fn writer(folder: &Path, memory_bytes: u64) -> (Writer, WriterThread) {
    let clock = Arc::new(StoppedClock::at(Timestamp::from_millis(NOON)));
    Writer::start(core(folder, memory_bytes), clock, || {}).expect("a thread starts")
}

#[track_caller]
fn position(done: &Done) -> u64 {
    match done {
        Done::Recorded(receipt) => receipt.facts[0].position.0,
        Done::InEffect | Done::Known(_) | Done::Refused(_) => panic!("not recorded: {done:?}"),
    }
}

#[tokio::test]
async fn an_entry_id_is_recorded_once_also_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let house = organisation(1);
    {
        let (writer, _thread) = writer(folder.path(), MEMORY_BYTES_DEFAULT);
        let commands = vec![founding(1, "huis"), coffee(7), coffee(7), coffee(8)];
        let done = writer.submit(house, commands).await.expect("it is decided");
        assert_eq!((position(&done[1]), position(&done[3])), (2, 3));
        assert!(matches!(done[2], Done::Known(place) if place.0 == 2));
    }
    let (writer, _thread) = writer(folder.path(), MEMORY_BYTES_DEFAULT);
    let done = writer.submit(house, vec![coffee(7)]).await;
    let done = done.expect("it is decided");
    assert!(matches!(done[0], Done::Known(place) if place.0 == 2));
}

#[tokio::test]
async fn what_is_answered_is_seen_by_the_next_reader() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let (writer, _thread) = writer(folder.path(), MEMORY_BYTES_DEFAULT);
    let house = organisation(1);
    let founded = writer.submit(house, vec![founding(1, "huis")]).await;
    founded.expect("it is decided");
    for entry in 1..=20 {
        let done = writer.submit(house, vec![coffee(entry)]).await;
        let at = position(&done.expect("it is decided")[0]);
        let live = writer.open(house).await.expect("it is there");
        assert_eq!(live.read().head.position.0, at);
        let stored = writer.reader().head(house).expect("the log reads");
        assert_eq!(stored.position.0, at);
    }
}

#[tokio::test]
async fn a_queued_command_runs_though_its_caller_has_gone() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let house = organisation(1);
    {
        let (writer, _thread) = writer(folder.path(), MEMORY_BYTES_DEFAULT);
        let founded = writer.submit(house, vec![founding(1, "huis")]).await;
        founded.expect("it is decided");
        let mut sent = Box::pin(writer.submit(house, vec![coffee(1)]));
        // Polled once it is queued; then whoever waited goes away.
        let waker = std::task::Waker::noop();
        let polled = sent
            .as_mut()
            .poll(&mut std::task::Context::from_waker(waker));
        drop((polled, sent));
    }
    let (writer, _thread) = writer(folder.path(), MEMORY_BYTES_DEFAULT);
    let live = writer.open(house).await.expect("it is there");
    assert_eq!(live.read().head.position.0, 2);
}

#[tokio::test]
async fn a_slug_is_given_once_also_within_a_batch() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let mut core = core(folder.path(), MEMORY_BYTES_DEFAULT);
    let now = Timestamp::from_millis(NOON);
    let first = core.decide(organisation(1), &founding(1, "huis"), now);
    assert_eq!(position(&first), 1);
    for committed in [false, true] {
        let second = core.decide(organisation(2), &founding(2, "huis"), now);
        assert!(
            matches!(second, Done::Refused(Refusal::SlugTaken)),
            "{committed}"
        );
        core.commit().expect("it is kept");
    }
    let found = Found::Slug(Slug::new("huis").expect("a slug"));
    assert_eq!(core.houses().find(&found), Some(organisation(1)));
}

#[test]
fn nothing_is_shown_before_it_is_durable() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let mut core = core(folder.path(), MEMORY_BYTES_DEFAULT);
    let now = Timestamp::from_millis(NOON);
    core.decide(organisation(1), &founding(1, "huis"), now);
    let seen = |core: &Core| {
        let live = core
            .houses()
            .resident(organisation(1))
            .expect("it is there");
        live.read().head.position.0
    };
    assert_eq!(seen(&core), 0);
    core.commit().expect("it is kept");
    assert_eq!(seen(&core), 1);
}

#[test]
fn recorded_time_never_goes_back() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let mut core = core(folder.path(), MEMORY_BYTES_DEFAULT);
    let house = organisation(1);
    core.decide(house, &founding(1, "huis"), Timestamp::from_millis(NOON));
    let earlier = Timestamp::from_millis(NOON - 60_000);
    let Done::Recorded(receipt) = core.decide(house, &coffee(1), earlier) else {
        panic!("it is recorded");
    };
    assert_eq!(receipt.facts[0].recorded_at.millis(), NOON);
}

#[test]
fn a_device_shut_out_while_its_command_waited_is_refused() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let mut core = core(folder.path(), MEMORY_BYTES_DEFAULT);
    let (house, now) = (organisation(1), Timestamp::from_millis(NOON));
    let device = DeviceId::new(uuid::Uuid::from_u128(5));
    let access = |request| Command {
        authority: Authority::System,
        request: Request::Access(request),
    };
    let issue = access(access::Command::IssueApiToken {
        device,
        name: Name::new("till").expect("a name"),
        role: Role::Bar,
    });
    let of_device = |entry| Command {
        authority: Authority::Device {
            device,
            role: Role::Bar,
        },
        ..coffee(entry)
    };
    core.decide(house, &founding(1, "huis"), now);
    core.decide(house, &issue, now);
    assert_eq!(position(&core.decide(house, &of_device(1), now)), 3);
    core.decide(house, &access(access::Command::Revoke(device)), now);
    let refused = core.decide(house, &of_device(2), now);
    assert!(matches!(refused, Done::Refused(Refusal::DeviceRevoked)));
}

#[tokio::test]
async fn the_least_recently_used_leaves_and_comes_back_whole() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let (writer, _thread) = writer(folder.path(), 1_000);
    for house in 1..=5 {
        let commands = vec![founding(house, &format!("huis-{house}")), coffee(house)];
        let done = writer.submit(organisation(house), commands).await;
        done.expect("it is decided");
    }
    for house in 1..=5 {
        let known = writer.submit(
            organisation(house),
            vec![coffee(house), coffee(100 + house)],
        );
        let done = known.await.expect("it is decided");
        assert!(matches!(done[0], Done::Known(place) if place.0 == 2));
        assert_eq!(position(&done[1]), 3);
    }
    assert!(writer.houses().resident_count() < 5);
}

#[tokio::test]
async fn after_a_stop_nothing_is_taken() {
    let folder = tempfile::tempdir().expect("a folder to test in");
    let (writer, mut thread) = writer(folder.path(), MEMORY_BYTES_DEFAULT);
    thread.stop();
    let refused = writer
        .submit(organisation(1), vec![founding(1, "huis")])
        .await;
    assert!(matches!(refused, Err(WriteError::Unknown)));
    assert!(!writer.is_running());
}
