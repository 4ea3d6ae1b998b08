//! New connections: bounded per second, counted, never waited for.
//!
//! A pool without a bound turns one stall into hundreds of connections at once, and then measures itself.
//! Here a connection over the bound is refused on the spot. Its exchange ends as
//! [`super::Delivery::Refused`], which is the generator's failure and not the target's.

use futures_util::future::Either;
use governor::clock::MonotonicClock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::error::Error;
use std::future::{Ready, ready};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use thiserror::Error;
use tower_layer::Layer;
use tower_service::Service;

/// A limiter on the machine's monotonic clock: connections belong to wall time, whatever the speed.
type Limiter = RateLimiter<NotKeyed, InMemoryState, MonotonicClock, NoOpMiddleware<std::time::Instant>>;

/// The new connections of one run. Copies share bound and counts.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    limiter: Limiter,
    opened: AtomicU64,
    refused: AtomicU64,
}

/// A connection was not opened, because the bound was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the generator's own bound on new connections was met")]
pub struct Refused;

impl Refused {
    /// Whether this is what `error` comes from.
    pub fn is_cause_of(error: &(dyn Error + 'static)) -> bool {
        let mut causes = std::iter::successors(Some(error), |error| (*error).source());
        causes.any(<dyn Error>::is::<Self>)
    }
}

impl Connections {
    /// The bound unless told otherwise: more than a machine of a few cores opens.
    pub const PER_S: NonZeroU32 = NonZeroU32::new(20_000).expect("it is not zero");

    /// Allows `per_s` at once and, from then on, `per_s` a second of wall time.
    pub fn bounded(per_s: NonZeroU32) -> Self {
        let limiter = RateLimiter::direct_with_clock(Quota::per_second(per_s), MonotonicClock);
        Self(Arc::new(Counted { limiter, opened: AtomicU64::new(0), refused: AtomicU64::new(0) }))
    }

    /// Connections opened so far, those that failed included.
    pub fn opened(&self) -> u64 {
        self.0.opened.load(Relaxed)
    }

    /// Connections not opened at the bound so far.
    pub fn refused(&self) -> u64 {
        self.0.refused.load(Relaxed)
    }

    fn may_open(&self) -> bool {
        let allowed = self.0.limiter.check().is_ok();
        let count = if allowed { &self.0.opened } else { &self.0.refused };
        count.fetch_add(1, Relaxed);
        allowed
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self::bounded(Self::PER_S)
    }
}

impl<S> Layer<S> for Connections {
    type Service = Bounded<S>;

    fn layer(&self, connector: S) -> Bounded<S> {
        Bounded { connector: Arc::new(Mutex::new(connector)), connections: self.clone() }
    }
}

/// A connector that asks [`Connections`] first.
///
/// The client copies its connector for every request, and uses it only to open a connection. So copies
/// share one that is behind a lock, and it is copied when it is used.
#[derive(Debug)]
pub struct Bounded<S> {
    connector: Arc<Mutex<S>>,
    connections: Connections,
}

impl<S> Bounded<S> {
    fn connector(&self) -> MutexGuard<'_, S> {
        // Whoever panicked in a connector has not left it half changed: it is a value that is copied.
        self.connector.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> Clone for Bounded<S> {
    fn clone(&self) -> Self {
        Self { connector: Arc::clone(&self.connector), connections: self.connections.clone() }
    }
}

impl<S, R> Service<R> for Bounded<S>
where
    S: Service<R, Error = Box<dyn Error + Send + Sync>> + Clone,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<S::Response, S::Error>>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.connector().poll_ready(context)
    }

    fn call(&mut self, destination: R) -> Self::Future {
        if !self.connections.may_open() {
            return Either::Right(ready(Err(Refused.into())));
        }
        // The one that was found ready is used; a copy takes its place.
        let mut connector = self.connector();
        let copy = connector.clone();
        let mut connector = std::mem::replace(&mut *connector, copy);
        Either::Left(connector.call(destination))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Error)]
    #[error("outer")]
    struct Outer(#[source] Refused);

    #[test]
    fn what_is_over_the_bound_is_counted_and_not_waited_for() {
        let one_a_second = Connections::bounded(NonZeroU32::MIN);
        let shared = one_a_second.clone();
        assert!(one_a_second.may_open());
        let refused = (0..10_000).filter(|_| !shared.may_open()).count() as u64;
        assert!(refused >= 9_000, "ten thousand looks take a few milliseconds: {refused} refused");
        assert_eq!((one_a_second.opened(), one_a_second.refused()), (10_001 - refused, refused));
    }

    #[test]
    fn a_refusal_is_found_below_other_errors() {
        assert!(Refused::is_cause_of(&Outer(Refused)) && Refused::is_cause_of(&Refused));
        assert!(!Refused::is_cause_of(&std::fmt::Error));
    }
}
