//! Small numbers for the enums of packed events. A number is never changed or reused within one version of the form.

use super::InvalidChunk;
use super::bytes::{Reader, Writer};
use crate::event::ActorKind;
use crate::tally::{CountBasis, Evidence, HoursBasis, OpeningState, ShiftKind, Standing};

/// An enum written as one byte.
pub(super) trait Small: Sized {
    fn put(self, to: &mut Writer);
    fn read(from: &mut Reader<'_>) -> Result<Self, InvalidChunk>;
}

macro_rules! small {
    ($($name:ident { $($variant:ident = $number:literal),+ })+) => {$(
        impl Small for $name {
            fn put(self, to: &mut Writer) {
                to.byte(match self { $(Self::$variant => $number),+ });
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, InvalidChunk> {
                match from.byte()? {
                    $($number => Ok(Self::$variant),)+
                    _ => Err(InvalidChunk::Form),
                }
            }
        }
    )+};
}

small! {
    ActorKind { Visitor = 0, Device = 1, Operator = 2, System = 3 }
    Evidence { Host = 0, LiveCode = 1, DayCode = 2, Poster = 3 }
    Standing { Counted = 0, ToConfirm = 1, AlreadyCounted = 2 }
    CountBasis { Counted = 0, Estimated = 1 }
    HoursBasis { Clocked = 0, Entered = 1, Estimated = 2 }
    ShiftKind { Bar = 0, Kitchen = 1, Shop = 2, Garden = 3, Host = 4, Other = 5 }
    OpeningState { Opened = 0, Closed = 1, NobodyCame = 2 }
}

impl Small for bool {
    fn put(self, to: &mut Writer) {
        to.byte(self.into());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, InvalidChunk> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(InvalidChunk::Form),
        }
    }
}
