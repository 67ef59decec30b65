//! What the rules refuse, as the client is told.

use super::{Cause, Problem};
use meetellen_events::{access, months, organisation, people, programme, standing, tally};

/// The problem of a rejection. Its sentence names ids the client sent, and nothing personal.
pub fn rejected(rejection: &organisation::Rejection) -> Problem {
    use organisation::Rejection as R;
    match rejection {
        R::AlreadyFounded => Cause::IdReused.into(),
        R::NotFounded => Cause::UnknownOrganisation.into(),
        R::Ended => Cause::OrganisationEnded.into(),
        R::ReadOnly => Cause::ReadOnly.into(),
        R::UnknownTimeZone => {
            Problem::from(Cause::Invalid).at("/time_zone", "no such IANA time zone")
        }
        R::Tally(rejection) => of_tally(rejection),
        R::Programme(rejection) => of_programme(rejection),
        R::People(rejection) => of_people(rejection),
        R::Access(rejection) => of_access(rejection),
        R::Standing(rejection) => of_standing(rejection),
        R::Months(rejection) => of_months(rejection),
    }
}

fn of_tally(rejection: &tally::Rejection) -> Problem {
    use tally::Rejection as R;
    let cause = match rejection {
        R::UnknownCode => Cause::UnknownCode,
        R::CodeExpired => Cause::CodeExpired,
        R::WrongCode => Cause::WrongCode,
        R::TooFarAhead => Cause::TooFarAhead,
        R::TooFarBack => Cause::TooFarBack,
        R::UnknownSession(_) => Cause::UnknownSession,
        R::UnknownPerson(_) => Cause::UnknownPerson,
        R::NoVolunteer(_) => Cause::NotAVolunteer,
        R::UnknownPass => Cause::UnknownPass,
        R::UnknownCounter(_) => Cause::UnknownCounter,
        R::UnknownIndicator(_) => Cause::UnknownIndicator,
        R::UnknownShift(_) => Cause::UnknownShift,
        R::ShiftEnded(_) => Cause::ShiftEnded,
        R::EndBeforeStart => Cause::EndsBeforeItBegan,
        R::NothingToRetract(_) => Cause::NothingToRetract,
        R::NotRetractable(_) => Cause::NotRetractable,
        R::NotYours(_) => Cause::NotYoursToRetract,
        R::TooLateToRetract(_) => Cause::TooLateToRetract,
        R::AlreadyRetracted(_) => Cause::AlreadyRetracted,
        R::NothingToConfirm(_) => Cause::NothingToConfirm,
        R::NotWaiting(_) => Cause::NotWaiting,
        R::ConfirmationCount => Cause::OutOfRange,
        R::Sensitive => Cause::SensitiveActivity,
        R::Forbidden => Cause::Forbidden,
    };
    Problem::from(cause).because(rejection.to_string())
}

fn of_programme(rejection: &programme::Rejection) -> Problem {
    use programme::Rejection as R;
    let said = rejection.to_string();
    let cause = match rejection {
        R::UnknownActivity(_) => Cause::UnknownActivity,
        R::UnknownSession(_) => Cause::UnknownSession,
        R::UnknownRoom(_) => Cause::UnknownRoom,
        R::UnknownPerson(_) => Cause::UnknownPerson,
        R::UnknownCode => Cause::UnknownCode,
        R::SessionCancelled(_) => Cause::SessionCancelled,
        R::IdReused => Cause::IdReused,
        R::IncompleteActivity => return Problem::from(Cause::Invalid).at("", said),
        R::EmptySpan => return Problem::from(Cause::Invalid).at("/ends_at", said),
        R::SessionCount => return Problem::from(Cause::OutOfRange).at("/repeat/until", said),
        R::WeeksBetween => {
            return Problem::from(Cause::OutOfRange).at("/repeat/every_weeks", said);
        }
    };
    Problem::from(cause).because(said)
}

fn of_people(rejection: &people::Rejection) -> Problem {
    use people::Rejection as R;
    let cause = match rejection {
        R::UnknownPerson(_) => Cause::UnknownPerson,
        R::ErasedPerson(_) => Cause::PersonErased,
        R::UnknownPass => Cause::UnknownPass,
        R::IdReused => Cause::IdReused,
    };
    Problem::from(cause).because(rejection.to_string())
}

fn of_access(rejection: &access::Rejection) -> Problem {
    use access::Rejection as R;
    let cause = match rejection {
        R::UnknownDevice(_) => Cause::UnknownDevice,
        R::CodeSpent => Cause::CodeSpent,
        R::CodeExpired { .. } => Cause::CodeExpired,
        R::Revoked(_) => Cause::DeviceRevoked,
        R::NoBadge => Cause::UnknownCode,
        R::IdReused => Cause::IdReused,
    };
    Problem::from(cause).because(rejection.to_string())
}

fn of_standing(rejection: &standing::Rejection) -> Problem {
    use standing::Rejection as R;
    let said = rejection.to_string();
    let cause = match rejection {
        R::UnknownListed(_) | R::UnknownGrant(_) => Cause::UnknownStandingFact,
        R::AlreadyEnded { .. } => Cause::AlreadyEnded,
        R::IdReused => Cause::IdReused,
        R::InvalidHours => return Problem::from(Cause::Invalid).at("/opening_hours", said),
    };
    Problem::from(cause).because(said)
}

fn of_months(rejection: &months::Rejection) -> Problem {
    use months::Rejection as R;
    let said = rejection.to_string();
    match rejection {
        R::NotOver(_) => Problem::from(Cause::MonthNotOver).because(said),
        R::BeforeAll(_) => Problem::from(Cause::UnknownPeriod).because(said),
        R::Closed { statement, .. } => {
            let problem = Problem::from(Cause::MonthClosed).because(said);
            problem.about(*statement)
        }
        R::NotClosed(_) => Problem::from(Cause::UnknownStatement).because(said),
        // Who asks makes it anew; where that fails again and again, another writes all the time.
        R::Outdated => Cause::Busy.into(),
        R::Forbidden => Cause::Forbidden.into(),
    }
}
