//! What the pages show: plain data in, no rules. Each struct is one template.

/// Makes the struct of one template: the reader's language, what stands around the page, and its own fields.
macro_rules! page {
    ($(#[$doc:meta])* $name:ident in $file:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, askama::Template)]
        #[template(path = $file, config = "src/web/askama.toml")]
        pub struct $name {
            /// The reader's language.
            pub t: crate::i18n::Language,
            /// What stands around it.
            pub page: crate::web::view::Page,
            $($(#[$field_doc])* pub $field: $type,)*
        }
    };
}

pub mod bar;
pub mod coordinator;
pub mod month;
pub mod people;
pub mod statement;
pub mod visitor;

use crate::i18n::Language;
use jiff::civil::Date;

/// What stands around every page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Name of the organisation; the product's own where there is none yet.
    pub organisation: String,
    /// Today, in the organisation's zone; left out where the page is no day's.
    pub today: Option<Date>,
    /// Whether this is the demo, whose people and days are invented.
    pub demo: bool,
    /// Address of the stylesheet, with its hash.
    pub stylesheet: String,
    /// What else the address asks, to stand before the language asked for: `period=2026-10&`.
    pub query: String,
    /// Languages of the switch.
    pub languages: Vec<Language>,
    /// What was just done, or what went wrong.
    pub notice: Option<Notice>,
}

/// One line above the page's content.
#[derive(Debug, Clone)]
pub struct Notice {
    /// How it is drawn.
    pub tone: Tone,
    /// What it says, in the reader's language.
    pub text: String,
}

/// A state with a colour and, since colour alone says nothing, a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It counts.
    Counted,
    /// It waits for somebody.
    Waiting,
    /// It went wrong.
    Problem,
}

impl Tone {
    /// Its class in the stylesheet.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Waiting => "waiting",
            Self::Problem => "problem",
        }
    }

    /// Its shape, as a path on 24 × 24.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Counted => "m4 13 5 5L20 6",
            Self::Waiting => "M6 3h12M6 21h12M7 3c0 9 10 9 10 18M17 3C17 12 7 12 7 21",
            Self::Problem => "M12 3 2 20h20zM12 10v4m0 3v.1",
        }
    }
}

/// A line icon of our own; always beside a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A cup with a handle.
    Cup,
    /// Somebody.
    Person,
    /// Somebody smaller.
    Child,
    /// A coin.
    Till,
    /// A parcel with a bow.
    Gift,
    /// An arrow that turns back.
    Undo,
    /// One stroke of the tally.
    Stroke,
    /// A sheet with a code.
    Poster,
    /// A phone.
    Device,
    /// A clock.
    Clock,
    /// An arrow down into a tray.
    Download,
    /// A cake with a candle.
    Cake,
}

impl Icon {
    /// Its lines, as a path on 24 × 24.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::Cup => {
                "M4 9h13v6a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5zM17 10h2a2.5 2.5 0 0 1 0 5h-2M8 2v3m5-3v3"
            }
            Self::Person => "M12 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8M4 21c0-5 3-7 8-7s8 2 8 7",
            Self::Child => "M12 7a3 3 0 1 1 0 6 3 3 0 0 1 0-6M6 21c0-4 2-6 6-6s6 2 6 6",
            Self::Till => {
                "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M16 8.5a4.5 4.5 0 1 0 0 7M7 11h6m-6 2.5h5"
            }
            Self::Gift => {
                "M4 11h16v10H4zM3 7h18v4H3zM12 7v14M12 7C7 7 7 2 9.5 2S12 7 12 7s0-5 2.5-5S17 7 12 7"
            }
            Self::Undo => "M9 5 4 10l5 5M4 10h10a6 6 0 0 1 0 11h-3",
            Self::Stroke => "M5 4v16M10 4v16M15 4v16M20 4v16M2 17 22 7",
            Self::Poster => "M5 2h14v20H5zM8 6h3v3H8zm5 0h3v3h-3zm-5 5h3v3H8zm6 1h1v2h1M8 18h8",
            Self::Device => "M7 2h10v20H7zM11 19h2",
            Self::Clock => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M12 7v5l4 2",
            Self::Cake => "M4 21h16M5 21v-9h14v9M5 16c2 2 3 2 5 0s2 2 4 0 3 2 5 0M12 12V8m0-5v1",
            Self::Download => "M12 3v12m-5-5 5 5 5-5M4 17v4h16v-4",
        }
    }
}

/// A name and what to send for it.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What the form sends.
    pub id: String,
    /// What people see.
    pub name: String,
}

/// Where in the coordinator's pages one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Start.
    Today,
    /// The bar.
    Bar,
    /// The month and the entries behind it.
    Month,
    /// Activities and sessions.
    Programme,
    /// Volunteers and pass holders.
    People,
    /// Posters and stickers.
    Posters,
    /// Devices and invitations.
    Devices,
    /// Hours, rooms, rates, limits.
    Settings,
}
