//! Looks at a live run's own costs from beside it, for the generator's health over time.

use super::host::Look;
use crate::exec::Progress;
use crate::record::generator::Sample;
use crate::target::connections::Connections;
use base::time::Nanos;
use reference_server::clock::Clock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// The shortest time between two samples.
const EVERY: Duration = Duration::from_millis(500);
/// The most samples that are kept of a run, so that long ones take no more memory.
const MOST: u32 = 7_200;

/// What a run's samples are taken from.
#[derive(Clone, Copy)]
pub(super) struct Sampler<'a> {
    pub(super) began: Look,
    pub(super) clock: Clock,
    pub(super) progress: &'a [Progress],
    pub(super) connections: &'a Connections,
    /// How long the run is meant to take.
    pub(super) length: Duration,
}

impl Sampler<'_> {
    /// Does `work`, and samples it from another thread; the last sample is at its end.
    pub(super) fn beside<T>(self, work: impl FnOnce() -> T) -> (T, Vec<Sample>) {
        let (working, done) = channel::<()>();
        thread::scope(|scope| {
            let sampler = scope.spawn(move || self.follow(&done));
            let output = work();
            drop(working);
            (output, sampler.join().unwrap_or_default())
        })
    }

    fn follow(&self, done: &Receiver<()>) -> Vec<Sample> {
        let every = EVERY.max(self.length / MOST);
        let mut samples = vec![self.sample()];
        // Nobody ever sends: either the time is over, or the work is.
        while done.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
            samples.push(self.sample());
        }
        samples.push(self.sample());
        samples
    }

    fn sample(&self) -> Sample {
        let spent = self.began.spent();
        Sample {
            wall: Nanos(spent.wall.as_nanos() as u64),
            at: self.clock.now(),
            cpu_s: spent.cpu_s,
            steal_s: spent.steal_s,
            in_flight: self.progress.iter().map(|progress| progress.glance().in_flight).sum(),
            connections_opened: self.connections.opened(),
        }
    }
}
