//! Every cause a client can be told, with its slug, status and title.

use actix_web::http::StatusCode;

/// Builds the enum and its one table, so that no cause can lack a row.
macro_rules! causes {
    ($($name:ident $slug:literal $status:ident $title:literal,)+) => {
        /// Why a request was refused. `api-spec/openapi.yaml` lists the same ones, and a test holds the two together.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Cause {
            $(#[doc = $title] $name,)+
        }

        impl Cause {
            /// Every cause, in the order of the contract.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The last part of the problem's `type`.
            pub const fn slug(self) -> &'static str {
                match self {
                    $(Self::$name => $slug,)+
                }
            }

            /// The status it is answered with.
            pub const fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)+
                }
            }

            /// The short English title, the same each time.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)+
                }
            }
        }
    };
}

causes! {
    Malformed "malformed" BAD_REQUEST "That does not parse",
    UnknownPeriod "unknown-period" BAD_REQUEST "No such period",
    Unauthorised "unauthorised" UNAUTHORIZED "No valid token",
    TokenExpired "token-expired" UNAUTHORIZED "The token has expired",
    DeviceRevoked "device-revoked" UNAUTHORIZED "This device was revoked",
    Forbidden "forbidden" FORBIDDEN "Not allowed",
    ForeignOrigin "foreign-origin" FORBIDDEN "Sent from another site",
    CodeOfAnotherOrganisation "code-of-another-organisation" FORBIDDEN "This code belongs to another organisation",
    NotYoursToRetract "not-yours-to-retract" FORBIDDEN "Somebody else made this entry",
    NotFound "not-found" NOT_FOUND "No such thing",
    UnknownOrganisation "unknown-organisation" NOT_FOUND "No such organisation",
    UnknownCode "unknown-code" NOT_FOUND "No such code",
    UnknownActivity "unknown-activity" NOT_FOUND "No such activity",
    UnknownSession "unknown-session" NOT_FOUND "No such session",
    UnknownRoom "unknown-room" NOT_FOUND "No such room",
    UnknownShift "unknown-shift" NOT_FOUND "No such shift",
    UnknownPerson "unknown-person" NOT_FOUND "No such person",
    UnknownPass "unknown-pass" NOT_FOUND "No such pass",
    UnknownDevice "unknown-device" NOT_FOUND "No such device",
    UnknownCounter "unknown-counter" NOT_FOUND "No such counter",
    UnknownIndicator "unknown-indicator" NOT_FOUND "No such indicator",
    UnknownStandingFact "unknown-standing-fact" NOT_FOUND "No such standing fact",
    UnknownStatement "unknown-statement" NOT_FOUND "No such statement",
    UnknownPosition "unknown-position" NOT_FOUND "The log does not reach that position",
    NothingToRetract "nothing-to-retract" NOT_FOUND "No such entry to retract",
    NothingToConfirm "nothing-to-confirm" NOT_FOUND "No such entry waits",
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "Not with this method",
    TooSlow "too-slow" REQUEST_TIMEOUT "The body took too long",
    IdReused "id-reused" CONFLICT "This id was used for something else",
    CodeExpired "code-expired" CONFLICT "This code is no longer valid",
    CodeSpent "code-spent" CONFLICT "This code was used before",
    WrongCode "wrong-code" CONFLICT "This code is for something else",
    SetupDone "setup-done" CONFLICT "There is an organisation already",
    SlugTaken "slug-taken" CONFLICT "This slug is in use",
    OrganisationEnded "organisation-ended" CONFLICT "This organisation has ended",
    SessionCancelled "session-cancelled" CONFLICT "The session is cancelled",
    ShiftEnded "shift-ended" CONFLICT "The shift has ended already",
    EndsBeforeItBegan "ends-before-it-began" CONFLICT "The end lies before the start",
    NotRetractable "not-retractable" CONFLICT "This entry cannot be retracted",
    AlreadyRetracted "already-retracted" CONFLICT "This entry was retracted before",
    NotWaiting "not-waiting" CONFLICT "This entry does not wait",
    TooLateToRetract "too-late-to-retract" CONFLICT "Too late to retract this",
    AlreadyEnded "already-ended" CONFLICT "This has ended already",
    NotAVolunteer "not-a-volunteer" CONFLICT "This person is no volunteer",
    PersonErased "person-erased" CONFLICT "This person was erased",
    MonthNotOver "month-not-over" CONFLICT "The month is not over",
    MonthClosed "month-closed" CONFLICT "The month is closed",
    ReadOnly "read-only" CONFLICT "This log holds facts newer than this version",
    BodyTooLarge "body-too-large" PAYLOAD_TOO_LARGE "The body is too large",
    UnsupportedEncoding "unsupported-encoding" UNSUPPORTED_MEDIA_TYPE "Packed bodies are not taken",
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE "Not a type this route takes",
    Invalid "invalid" UNPROCESSABLE_ENTITY "Some fields are not right",
    UnknownField "unknown-field" UNPROCESSABLE_ENTITY "There is a field too many",
    WrongType "wrong-type" UNPROCESSABLE_ENTITY "A field has the wrong type",
    MalformedId "malformed-id" UNPROCESSABLE_ENTITY "An id is not a UUID",
    OutOfRange "out-of-range" UNPROCESSABLE_ENTITY "A number is out of range",
    TooManyEntries "too-many-entries" UNPROCESSABLE_ENTITY "At most 500 entries at a time",
    TooFarAhead "too-far-ahead" UNPROCESSABLE_ENTITY "That is still to come",
    TooFarBack "too-far-back" UNPROCESSABLE_ENTITY "That is too long ago",
    SensitiveActivity "sensitive-activity" UNPROCESSABLE_ENTITY "At this activity nobody is told apart",
    TooFast "too-fast" TOO_MANY_REQUESTS "Too fast",
    Internal "internal" INTERNAL_SERVER_ERROR "Something went wrong here",
    LogDamaged "log-damaged" INTERNAL_SERVER_ERROR "The log of this organisation needs mending",
    Busy "busy" SERVICE_UNAVAILABLE "Busy",
    OutcomeUnknown "outcome-unknown" SERVICE_UNAVAILABLE "It is not known whether this was kept",
    NotReady "not-ready" SERVICE_UNAVAILABLE "Not ready",
    DiskFull "disk-full" INSUFFICIENT_STORAGE "The disk is full",
}
