//! The progress line, on stderr, and the signals that end a run early.

use crate::exec::Progress;
use crate::scenario::Scenario;
use base::time::Timestamp;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::thread;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

/// How often the line is drawn on a terminal.
const DRAW_EVERY: Duration = Duration::from_millis(250);
/// How often a line is printed where there is no terminal, in draws.
const PRINT_EVERY: u32 = 40;

/// What stopped a run before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// The system, or whoever runs us, wants the process to end.
    Terminate,
}

/// Runs `work` while a line on stderr shows how far it is. A signal asks `work` to stop; returns what it
/// returned, and the signal if there was one.
pub(super) fn watch<T: Send>(
    scenario: &Scenario,
    quiet: bool,
    progress: &[Progress],
    work: impl FnOnce() -> T + Send,
) -> (T, Option<Signal>) {
    let done = Notify::new();
    thread::scope(|scope| {
        let watcher = scope.spawn(|| follow(scenario, quiet, progress, &done));
        // Also when `work` panics, the watcher must come to its end.
        let ring = Ring(&done);
        let output = work();
        drop(ring);
        (output, watcher.join().ok().flatten())
    })
}

struct Ring<'a>(&'a Notify);

impl Drop for Ring<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// Shows the line until the work is done; returns the first signal.
fn follow(scenario: &Scenario, quiet: bool, progress: &[Progress], done: &Notify) -> Option<Signal> {
    // Without a runtime there are neither signals nor a line; the work itself goes on.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let mut line = Line::new(scenario, quiet);
    let mut first = None;
    runtime.block_on(async {
        let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            return;
        };
        let mut ticks = tokio::time::interval(DRAW_EVERY);
        loop {
            let stopped = tokio::select! {
                () = done.notified() => return,
                _ = ticks.tick() => {
                    line.show(progress);
                    continue;
                }
                _ = interrupt.recv() => Signal::Interrupt,
                _ = terminate.recv() => Signal::Terminate,
            };
            first.get_or_insert(stopped);
            progress.iter().for_each(Progress::stop);
        }
    });
    line.bar.finish_and_clear();
    first
}

struct Line<'a> {
    scenario: &'a Scenario,
    bar: ProgressBar,
    plain: bool,
    draws: u32,
}

impl<'a> Line<'a> {
    fn new(scenario: &'a Scenario, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target =
            if quiet || !terminal { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(100), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {msg}") {
            bar.set_style(style);
        }
        Self { scenario, bar, plain: !quiet && !terminal, draws: 0 }
    }

    fn show(&mut self, progress: &[Progress]) {
        let glances: Vec<_> = progress.iter().map(Progress::glance).collect();
        let slice = self.scenario.slice;
        let now = glances.iter().map(|glance| glance.now).max().unwrap_or(slice.from).max(slice.from);
        let visits: u64 = glances.iter().map(|glance| glance.visits).sum();
        let in_flight: u64 = glances.iter().map(|glance| glance.in_flight).sum();
        let share = self.share(now);
        let clock = self.scenario.zone.clock_time(now);
        let text = format!("{clock}  {visits} visits in progress, {in_flight} requests in flight");
        self.bar.set_position((share * 100.0) as u64);
        if self.plain && self.draws.is_multiple_of(PRINT_EVERY) {
            super::screen::note(&format!("{:3.0} %  {text}", share * 100.0));
        }
        self.bar.set_message(text);
        self.draws += 1;
    }

    fn share(&self, now: Timestamp) -> f64 {
        let slice = self.scenario.slice;
        (now.since(slice.from).as_secs_f64() / slice.length().as_secs_f64()).min(1.0)
    }
}
