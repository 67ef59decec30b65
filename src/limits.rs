//! How often something may be asked for: per code on a wall, per browser and per phone; and per address only what
//! leads nowhere, since a whole house sits behind one.
//!
//! Programs are held back by the writer's queue alone. Always true, each tested below or in `tests/limits.rs`: what is
//! refused is not recorded; somebody who guesses codes takes no known code from others; no key is kept once it has
//! nothing left to wait for.

use crate::clock::Clock;
use crate::problem::{Cause, Problem};
use governor::clock::Clock as Ticking;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use meetellen_events::values::{Code, DeviceId, SecretHash};
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// Codes and links that lead nowhere, from one address, a minute.
pub const UNKNOWN_A_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("60 is not zero");

/// Entries by one code on a wall, a minute: a full hall that scans as it comes in.
pub const BY_CODE_A_MINUTE: NonZeroU32 = NonZeroU32::new(600).expect("600 is not zero");

/// Entries by one code on a wall from one address, a minute, before they count against everybody's share of the code.
pub const BY_CODE_AND_ADDRESS_A_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("60 is not zero");

/// Entries by one code in one array: what a phone kept while it was offline.
pub const BY_CODE_IN_ARRAY_MAX: usize = 50;

/// From this age on, in milliseconds, an entry by a code is late: it takes nothing from those who stand at the poster.
pub const LATE_MILLIS: i64 = 10 * 60_000;

/// Gifts by one gift box's code, a minute: nobody gives as fast as people come in.
pub const GIFTS_BY_CODE_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("30 is not zero");

/// Entries of one visitor's phone, a minute.
pub const BY_PHONE_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).expect("30 is not zero");

/// Entries of one browser that was let in, a minute: two full uploads of what it kept while it was offline.
pub const BY_BROWSER_A_MINUTE: NonZeroU32 = NonZeroU32::new(1_000).expect("1,000 is not zero");

/// Phones let in by one badge, an hour: whoever copied it fills no log.
pub const BY_BADGE_AN_HOUR: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");

/// Networks of this many bits belong to one customer.
const IPV6_CUSTOMER_BITS: u32 = 64;

/// An entry by a code on a wall.
#[derive(Debug, Clone, Copy)]
pub struct ByCode {
    /// The code.
    pub code: Code,
    /// From which address.
    pub address: IpAddr,
    /// How long ago it happened, in milliseconds.
    pub age_millis: i64,
}

/// Time as the limits count it: it never goes back.
#[derive(Clone)]
struct Ticks(Arc<dyn Clock>);

impl Ticking for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.ticks()
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>;

/// All limits of one server.
pub struct Limits {
    ticks: Ticks,
    unknown: Limiter<IpAddr>,
    codes: Limiter<Code>,
    near: Limiter<(Code, IpAddr)>,
    late: Limiter<Code>,
    gifts: Limiter<Code>,
    phones: Limiter<[u8; 16]>,
    browsers: Limiter<DeviceId>,
    badges: Limiter<SecretHash>,
}

impl Limits {
    /// Nobody has asked for anything.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let ticks = Ticks(clock);
        Self {
            unknown: limiter(Quota::per_minute(UNKNOWN_A_MINUTE), &ticks),
            codes: limiter(Quota::per_minute(BY_CODE_A_MINUTE), &ticks),
            near: limiter(Quota::per_minute(BY_CODE_AND_ADDRESS_A_MINUTE), &ticks),
            late: limiter(Quota::per_minute(BY_CODE_A_MINUTE), &ticks),
            gifts: limiter(Quota::per_minute(GIFTS_BY_CODE_A_MINUTE), &ticks),
            phones: limiter(Quota::per_minute(BY_PHONE_A_MINUTE), &ticks),
            browsers: limiter(Quota::per_minute(BY_BROWSER_A_MINUTE), &ticks),
            badges: limiter(Quota::per_hour(BY_BADGE_AN_HOUR), &ticks),
            ticks,
        }
    }

    /// Counts something that led nowhere.
    pub fn unknown(&self, address: IpAddr) -> Result<(), Problem> {
        self.count(&self.unknown, &customer(address))
    }

    /// Counts an entry by a code on a wall: one that just happened against the share of its address first, then against
    /// everybody's, so that nobody switches a poster off for the others; a late one against other late ones.
    pub fn by_code(&self, entry: ByCode) -> Result<(), Problem> {
        let ByCode {
            code,
            address,
            age_millis,
        } = entry;
        if age_millis > LATE_MILLIS {
            return self.count(&self.late, &code);
        }
        let near = (code, customer(address));
        self.count(&self.near, &near)
            .or_else(|_| self.count(&self.codes, &code))
    }

    /// Counts a gift by a code on a wall, beside what else the code records.
    pub fn gift_by_code(&self, code: Code) -> Result<(), Problem> {
        self.count(&self.gifts, &code)
    }

    /// Counts an entry of a visitor's phone.
    pub fn by_phone(&self, token: &[u8; 16]) -> Result<(), Problem> {
        self.count(&self.phones, token)
    }

    /// Counts an entry of a browser.
    pub fn by_browser(&self, device: DeviceId) -> Result<(), Problem> {
        self.count(&self.browsers, &device)
    }

    /// Counts a phone that a badge lets in, by the badge's hash.
    pub fn by_badge(&self, badge: SecretHash) -> Result<(), Problem> {
        self.count(&self.badges, &badge)
    }

    /// Forgets everybody who has nothing left to wait for. To be called now and then, or what is kept grows for ever.
    pub fn forget(&self) {
        forget(&self.unknown);
        forget(&self.codes);
        forget(&self.near);
        forget(&self.late);
        forget(&self.gifts);
        forget(&self.phones);
        forget(&self.browsers);
        forget(&self.badges);
    }

    /// How many codes, phones, browsers, badges and addresses are kept in memory.
    pub fn kept(&self) -> usize {
        let codes = self.codes.len() + self.near.len() + self.late.len();
        let codes = codes + self.gifts.len() + self.badges.len();
        codes + self.unknown.len() + self.phones.len() + self.browsers.len()
    }

    fn count<K: Hash + Eq + Clone>(&self, limiter: &Limiter<K>, key: &K) -> Result<(), Problem> {
        limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.ticks.now());
            Problem::from(Cause::TooFast).retry_after(wait)
        })
    }
}

fn limiter<K: Hash + Eq + Clone>(quota: Quota, ticks: &Ticks) -> Limiter<K> {
    RateLimiter::new(quota, DashMapStateStore::default(), ticks.clone())
}

fn forget<K: Hash + Eq + Clone>(limiter: &Limiter<K>) {
    limiter.retain_recent();
    limiter.shrink_to_fit();
}

/// The network of whoever has this address.
fn customer(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let mask = u128::MAX << (u128::BITS - IPV6_CUSTOMER_BITS);
            std::net::Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::StoppedClock;
    use meetellen_events::values::Timestamp;

    fn limits() -> (Arc<StoppedClock>, Limits) {
        let clock = Arc::new(StoppedClock::at(Timestamp::from_millis(1_800_000_000_000)));
        let limits = Limits::new(Arc::clone(&clock) as Arc<dyn Clock>);
        (clock, limits)
    }

    fn pass(clock: &StoppedClock, millis: i64) {
        clock.set(Clock::now(clock).plus_millis(millis));
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn sixty_a_minute_are_let_through_and_then_one_a_second() {
        let (clock, limits) = limits();
        let stranger = address("192.0.2.7");
        for asked in 1..=60 {
            assert!(limits.unknown(stranger).is_ok(), "{asked}");
        }
        let refused = limits.unknown(stranger).expect_err("that was too fast");
        assert_eq!(refused.cause(), Cause::TooFast);
        assert!(limits.unknown(address("192.0.2.8")).is_ok(), "others go on");
        pass(&clock, 1_000);
        assert!(limits.unknown(stranger).is_ok());
        assert!(limits.unknown(stranger).is_err());
    }

    #[test]
    fn one_customers_ipv6_network_is_one_address() {
        let (_, limits) = limits();
        for host in 1..=60 {
            assert!(
                limits
                    .unknown(address(&format!("2001:db8::{host:x}")))
                    .is_ok()
            );
        }
        assert!(limits.unknown(address("2001:db8::ffff")).is_err());
        assert!(limits.unknown(address("2001:db8:0:1::1")).is_ok());
    }

    fn tap(code: Code, from: &str, age_millis: i64) -> ByCode {
        ByCode {
            code,
            address: address(from),
            age_millis,
        }
    }

    #[test]
    fn nobody_switches_a_poster_off_for_the_others() {
        let (_, limits) = limits();
        let code = Code::new([1; 16]);
        // A flood of what is said to have happened long ago, then one of what happens now.
        for age in [LATE_MILLIS + 1, LATE_MILLIS] {
            let flood = (0..2_000).filter(|_| {
                let entry = tap(code, "198.51.100.1", age);
                limits.by_code(entry).is_ok()
            });
            assert_eq!(flood.count(), if age > LATE_MILLIS { 600 } else { 660 });
        }
        let hall = (0..100).filter(|_| limits.by_code(tap(code, "192.0.2.7", 0)).is_ok());
        assert_eq!(hall.count(), 60, "who stands at the poster goes on");
    }

    #[test]
    fn codes_phones_and_browsers_count_apart() {
        let (_, limits) = limits();
        let (code, phone) = (Code::new([1; 16]), [1; 16]);
        let browser = DeviceId::new(uuid::Uuid::from_u128(1));
        let by = |code| tap(code, "192.0.2.7", 0);
        for _ in 0..30 {
            assert!(limits.by_phone(&phone).is_ok() && limits.by_code(by(code)).is_ok());
        }
        assert!(limits.by_phone(&phone).is_err() && limits.by_phone(&[2; 16]).is_ok());
        for _ in 30..660 {
            assert!(limits.by_code(by(code)).is_ok());
        }
        assert!(limits.by_code(by(code)).is_err());
        assert!(limits.by_code(by(Code::new([2; 16]))).is_ok());
        for _ in 0..1_000 {
            assert!(limits.by_browser(browser).is_ok());
        }
        assert!(limits.by_browser(browser).is_err());
    }

    #[test]
    fn one_badge_lets_twenty_phones_in_an_hour() {
        let (clock, limits) = limits();
        let [badge, other] = [1, 2].map(|byte| crate::secrets::hash(&[byte; 16]));
        for _ in 0..20 {
            assert!(limits.by_badge(badge).is_ok());
        }
        assert!(limits.by_badge(badge).is_err() && limits.by_badge(other).is_ok());
        pass(&clock, 3 * 60_000);
        assert!(limits.by_badge(badge).is_ok() && limits.by_badge(badge).is_err());
    }

    #[test]
    fn whoever_has_nothing_left_to_wait_for_is_forgotten() {
        let (clock, limits) = limits();
        for phone in 0..200_u8 {
            assert!(limits.by_phone(&[phone; 16]).is_ok());
        }
        assert_eq!(limits.kept(), 200);
        limits.forget();
        assert_eq!(limits.kept(), 200, "they may still have to wait");
        pass(&clock, 60_000);
        limits.forget();
        assert_eq!(limits.kept(), 0);
    }
}
