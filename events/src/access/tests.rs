use super::{Command, Event, Rejection, Role};
use crate::event;
use crate::organisation::{self, Authority, Request};
use crate::scenario::{Scenario, device};
use crate::values::{DeviceId, Name, SecretHash};
use uuid::Uuid;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const TABLET: DeviceId = DeviceId::new(Uuid::from_u128(9));
const DAY_MILLIS: i64 = 86_400_000;

fn hash(byte: u8) -> SecretHash {
    SecretHash::new([byte; 32])
}

fn invited() -> Result<Scenario, Box<dyn std::error::Error>> {
    let mut scenario = Scenario::founded("2026-10-05T10:00:00Z".parse()?)?;
    let invite = Command::Invite {
        device: TABLET,
        name: Name::new("Bar")?,
        role: Role::Bar,
        code: hash(1),
        expires_at: scenario.now.plus_millis(900_000),
    };
    scenario.when(device(1, Role::Coordinator), Request::Access(invite))?;
    Ok(scenario)
}

fn ask(
    scenario: &mut Scenario,
    command: Command,
) -> Result<Vec<event::Event>, organisation::Rejection> {
    let facts = scenario.when(Authority::System, Request::Access(command))?;
    Ok(facts.into_iter().map(|fact| fact.event).collect())
}

fn enrol(refresh: u8) -> Command {
    Command::Enrol {
        code: hash(1),
        refresh: hash(refresh),
    }
}

fn show(shown: u8, next: u8) -> Command {
    Command::Refresh {
        device: TABLET,
        shown: hash(shown),
        next: hash(next),
    }
}

#[test]
fn a_one_time_code_lets_one_in_before_it_expires() -> Outcome {
    let mut scenario = invited()?;
    assert_eq!(scenario.organisation.role_of(TABLET), None);
    assert_eq!(ask(&mut scenario, enrol(2))?.len(), 1);
    assert_eq!(scenario.organisation.role_of(TABLET), Some(Role::Bar));
    assert_eq!(ask(&mut scenario, enrol(2))?, vec![]);
    let spent = Err(organisation::Rejection::Access(Rejection::CodeSpent));
    assert_eq!(ask(&mut scenario, enrol(3)), spent);

    let mut late = invited()?;
    let expired_at = late.now.plus_millis(900_000);
    late.now = expired_at;
    let refusal = Err(organisation::Rejection::Access(Rejection::CodeExpired {
        expired_at,
    }));
    assert_eq!(ask(&mut late, enrol(2)), refusal);
    Ok(())
}

#[test]
fn a_secret_older_than_the_last_two_shuts_the_device_out() -> Outcome {
    let mut scenario = invited()?;
    ask(&mut scenario, enrol(2))?;
    assert_eq!(ask(&mut scenario, show(2, 3))?, vec![]);
    scenario.now = scenario.now.plus_millis(DAY_MILLIS);
    assert_eq!(ask(&mut scenario, show(2, 3))?.len(), 1);
    assert_eq!(ask(&mut scenario, show(2, 4))?, vec![]);
    scenario.now = scenario.now.plus_millis(DAY_MILLIS);
    assert_eq!(ask(&mut scenario, show(3, 4))?.len(), 1);
    let shut = vec![event::Event::Access(Event::Revoked { device: TABLET })];
    assert_eq!(ask(&mut scenario, show(2, 5))?, shut);
    assert!(scenario.organisation.is_revoked(TABLET));
    assert_eq!(ask(&mut scenario, Command::Revoke(TABLET))?, vec![]);
    Ok(())
}
