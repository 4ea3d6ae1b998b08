//! A timer whose time passes only while everybody waits: the live driver on it runs to the nanosecond
//! like the simulator, without a network and without waiting.

use super::Timer;
use base::time::{Nanos, Timestamp};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

/// Virtual time of one thread. Copies share it.
#[derive(Clone, Debug)]
pub struct VirtualTimer(Rc<RefCell<State>>);

#[derive(Debug)]
struct State {
    now: Timestamp,
    slept: u64,
    sleepers: BTreeMap<(Timestamp, u64), Waker>,
}

impl VirtualTimer {
    /// Time stands at `now`.
    pub fn starting(now: Timestamp) -> Self {
        Self(Rc::new(RefCell::new(State { now, slept: 0, sleepers: BTreeMap::new() })))
    }

    /// Runs `future` to its end. Whenever it waits, time jumps to the earliest instant waited for.
    ///
    /// # Panics
    /// If the future waits for something that no sleeper will bring about.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            if !woken.0.swap(false, Relaxed) {
                self.jump();
            }
        }
    }

    /// Time passes while nobody can do anything, as when the thread of a driver is held.
    pub fn hold(&self, span: Nanos) {
        self.0.borrow_mut().now += span;
    }

    fn jump(&self) {
        let first = self.0.borrow_mut().sleepers.pop_first();
        let ((at, _), waker) = first.expect("somebody sleeps whenever everybody waits");
        let mut state = self.0.borrow_mut();
        state.now = state.now.max(at);
        drop(state);
        waker.wake();
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Relaxed);
    }
}

impl Timer for VirtualTimer {
    fn now(&self) -> Timestamp {
        self.0.borrow().now
    }

    fn sleep_until(&self, at: Timestamp) -> impl Future<Output = ()> + 'static {
        Sleep { timer: self.clone(), at, place: None }
    }
}

struct Sleep {
    timer: VirtualTimer,
    at: Timestamp,
    place: Option<u64>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.timer.0.borrow_mut();
        if state.now >= self.at {
            return Poll::Ready(());
        }
        let place = self.place.unwrap_or(state.slept);
        state.slept = state.slept.max(place + 1);
        state.sleepers.insert((self.at, place), context.waker().clone());
        drop(state);
        self.place = Some(place);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.timer.0.borrow_mut().sleepers.remove(&(self.at, place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join;

    #[test]
    fn time_jumps_to_whoever_wakes_first() {
        let timer = VirtualTimer::starting(Timestamp(0));
        let wait = |nanos: u64| {
            let timer = timer.clone();
            async move {
                timer.sleep_until(Timestamp(0) + Nanos(nanos)).await;
                let first = timer.now();
                timer.sleep_until(first + Nanos(1)).await;
                (first, timer.now())
            }
        };
        let (late, early) = timer.run(join(wait(1_000_000_000_000), wait(5)));
        assert_eq!(early, (Timestamp(5), Timestamp(6)));
        assert_eq!(late, (Timestamp(1_000_000_000_000), Timestamp(1_000_000_000_001)));
    }

    #[test]
    fn a_dropped_sleep_holds_nothing_up() {
        let timer = VirtualTimer::starting(Timestamp(0));
        timer.run(async {
            let long = timer.sleep_until(Timestamp(1_000));
            let short = timer.sleep_until(Timestamp(3));
            futures_util::future::select(pin!(long), pin!(short)).await;
        });
        assert_eq!(timer.now(), Timestamp(3));
        assert!(timer.0.borrow().sleepers.is_empty());
    }
}
