//! Several workers, each a thread with its own visits, connections and recorder; nothing is shared on
//! the way, and what they saw is added up at the end.

use super::driver::{Limits, Means, drive};
use crate::arrivals::Schedule;
use crate::clock::WallTimer;
use crate::exec::Progress;
use crate::exec::crowd::Crowd;
use crate::record::{Recorder, Tally};
use crate::scenario::{Scenario, Slice};
use crate::target::Transport;
use base::time::Nanos;
use reference_server::clock::Clock;
use std::time::Duration;
use std::{io, thread};

/// What workers recorded.
#[derive(Debug)]
pub struct Recorded {
    /// Counts and histograms.
    pub recorder: Recorder,
    /// People by how they ended.
    pub tally: Tally,
}

/// How often a worker looks whether it is to stop, in wall time.
const HEARTBEAT: Nanos = Nanos::from_millis(100);

/// How often a worker that waits for the clock looks at it.
const WAIT_STEP: Duration = Duration::from_millis(20);

/// The workers of one run.
#[derive(Clone, Copy, Debug)]
pub struct Fleet<'a> {
    /// What they run.
    pub scenario: &'a Scenario,
    /// Their common time.
    pub clock: Clock,
    /// The limits of each.
    pub limits: Limits,
    /// Where each shows how far it is; as many as there are workers, at least 1.
    pub progress: &'a [Progress],
}

impl Fleet<'_> {
    /// Runs the scenario's slice, a thread for each worker. Every worker walks the whole schedule and lets
    /// in the people whose number it is responsible for, so the plan is the same for any number of them.
    ///
    /// # Errors
    /// If a thread or its runtime cannot be made.
    ///
    /// # Panics
    /// If a worker panics, which is a bug.
    pub fn run<X: Transport>(&self, transport: impl Fn() -> X + Sync) -> io::Result<Recorded> {
        let transport = &transport;
        let parts: io::Result<Vec<Recorded>> = thread::scope(|scope| {
            let spawn = |worker: usize| {
                let name = format!("driver-{worker}");
                thread::Builder::new()
                    .name(name)
                    .spawn_scoped(scope, move || self.run_one(worker, transport()))
            };
            let handles: Vec<_> = (0..self.progress.len()).map(spawn).collect::<io::Result<_>>()?;
            handles.into_iter().map(|handle| handle.join().expect("a worker does not panic")).collect()
        });
        let mut parts = parts?.into_iter();
        let mut sum = parts.next().expect("there is at least one worker");
        for recorded in parts {
            sum.recorder.merge(&recorded.recorder);
            sum.tally.add(&recorded.tally);
        }
        Ok(sum)
    }

    /// Waits until the clock is `there`, or until somebody wants the run to stop.
    async fn wait(&self, progress: &Progress, there: impl Fn(Clock) -> bool) {
        while !progress.is_stopping() && !there(self.clock) {
            progress.show(self.clock.now(), 0, 0);
            tokio::time::sleep(WAIT_STEP).await;
        }
    }

    fn run_one<X: Transport>(&self, worker: usize, transport: X) -> io::Result<Recorded> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let Slice { from, until } = self.scenario.slice;
        let mut recorder = Recorder::new(self.scenario.grid.clone());
        let mut crowd = Crowd::new(&self.scenario.journey, &self.scenario.cohorts, until)
            .returning(&self.scenario.returns);
        let workers = self.progress.len() as u64;
        let arrivals = Schedule::new(&self.scenario.parts, from, until)
            .filter(|arrival| arrival.person.index() % workers == worker as u64);
        let timer = WallTimer(self.clock);
        let heartbeat = HEARTBEAT.mul_f64(self.scenario.speed.factor());
        let progress = &self.progress[worker];
        let means = Means { timer, transport, limits: self.limits, heartbeat, progress };
        runtime.block_on(async {
            self.wait(progress, |clock| clock.starts_in() < WAIT_STEP).await;
            drive(arrivals, until, &mut crowd, &means, &mut recorder).await;
            // The target's account goes to the end of the slice, also where nobody is left before it.
            self.wait(progress, |clock| clock.now() >= until).await;
        });
        recorder.close();
        Ok(Recorded { recorder, tally: crowd.finish() })
    }
}
