//! Ids: UUIDs that can't be mixed up.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// Takes any UUID: whether it is known is for the rules to say.
            pub const fn new(id: uuid::Uuid) -> Self {
                Self(id)
            }

            /// The bare UUID.
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// One initiative: the unit of order, hash chain, export and erasure.
    OrganisationId,
    /// What people attend, again and again.
    ActivityId,
    /// One dated occurrence of an activity.
    SessionId,
    /// The sessions planned by one weekly repeat.
    SeriesId,
    /// A volunteer, a pass holder or a donor.
    PersonId,
    /// A browser or a program that was let in.
    DeviceId,
    /// One tallied thing, named by the client that made it: the idempotency key.
    EntryId,
    /// A counter of the organisation's own: thrift items, eggs.
    CounterId,
    /// Something measured now and then: followers, likes per post.
    IndicatorId,
    /// A fixed tenant of the house.
    TenantId,
    /// A partner the initiative works with.
    PartnerId,
    /// Money awarded to the initiative or through it.
    GrantId,
    /// A room of the house.
    RoomId,
    /// A signed statement of a closed month.
    StatementId,
}
