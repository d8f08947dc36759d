//! How many calls a minute: per key and agent, for reads, writes and lifelines apart, so that a busy agent can always
//! renew and end its work.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::{Code, Error, Result};
use crate::limits;
use crate::model::settings::Settings;

type PerPrincipal = DefaultKeyedRateLimiter<String>;

struct Budgets {
    reads: (PerPrincipal, u32),
    writes: (PerPrincipal, u32),
    lifelines: (PerPrincipal, u32),
}

pub(super) struct Rates {
    budgets: RwLock<Arc<Budgets>>,
    authentications: DefaultKeyedRateLimiter<IpAddr>,
}

fn minute(calls: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(calls).unwrap_or(NonZeroU32::MIN))
}

impl Budgets {
    fn new(settings: &Settings) -> Arc<Self> {
        let budget = |calls: u32| (RateLimiter::keyed(minute(calls)), calls);
        Arc::new(Self {
            reads: budget(settings.reads_per_minute),
            writes: budget(settings.writes_per_minute),
            lifelines: budget(settings.writes_per_minute),
        })
    }
}

impl Rates {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            budgets: RwLock::new(Budgets::new(settings)),
            authentications: RateLimiter::keyed(minute(limits::AUTH_FAILURES_PER_MINUTE)),
        }
    }

    /// New budgets start full.
    pub(super) fn set(&self, settings: &Settings) {
        *self.budgets.write().unwrap_or_else(PoisonError::into_inner) = Budgets::new(settings);
    }

    pub(super) fn call(&self, principal: &String, writes: bool, lifeline: bool) -> Result<()> {
        let budgets = Arc::clone(&self.budgets.read().unwrap_or_else(PoisonError::into_inner));
        let (limiter, limit) = match (writes, lifeline) {
            (_, true) => &budgets.lifelines,
            (true, false) => &budgets.writes,
            (false, false) => &budgets.reads,
        };
        limiter.check_key(principal).map_err(|not_until| {
            limited(
                *limit,
                not_until.wait_time_from(DefaultClock::default().now()),
                "calls of this kind",
            )
        })
    }

    /// Forgets whoever has not called for so long that their budgets are full again.
    pub(super) fn forget_idle(&self) {
        let budgets = Arc::clone(&self.budgets.read().unwrap_or_else(PoisonError::into_inner));
        for (limiter, _) in [&budgets.reads, &budgets.writes, &budgets.lifelines] {
            limiter.retain_recent();
        }
        self.authentications.retain_recent();
    }

    /// Counts a failed authentication.
    pub(super) fn failed_authentication(&self, address: IpAddr) -> Result<()> {
        self.authentications.check_key(&address).map_err(|not_until| {
            limited(
                limits::AUTH_FAILURES_PER_MINUTE,
                not_until.wait_time_from(DefaultClock::default().now()),
                "failed authentications",
            )
        })
    }
}

fn limited(limit: u32, wait: std::time::Duration, what: &str) -> Error {
    let seconds = wait.as_secs() + 1;
    Error::new(Code::RateLimited, format!("more than {limit} {what} in a minute"))
        .hint(format!("Wait {seconds} s and ask again."))
        .detail("limit", limit)
        .detail("remaining", 0)
        .detail("retryAfterSeconds", seconds)
}
