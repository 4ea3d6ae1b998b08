//! The progress line, on stderr, and Ctrl-C.

use crate::exec::Progress;
use crate::scenario::Scenario;
use base::time::Timestamp;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::thread;
use std::time::Duration;
use tokio::sync::Notify;

/// How often the line is drawn on a terminal.
const DRAW_EVERY: Duration = Duration::from_millis(250);
/// How often a line is printed where there is no terminal, in draws.
const PRINT_EVERY: u32 = 40;

/// Runs `work` while a line on stderr shows how far it is. Ctrl-C asks `work` to stop.
pub(super) fn watch<T: Send>(
    scenario: &Scenario,
    quiet: bool,
    progress: &[Progress],
    work: impl FnOnce() -> T + Send,
) -> T {
    let done = Notify::new();
    thread::scope(|scope| {
        scope.spawn(|| follow(scenario, quiet, progress, &done));
        let output = work();
        done.notify_one();
        output
    })
}

fn follow(scenario: &Scenario, quiet: bool, progress: &[Progress], done: &Notify) {
    // Without a runtime there is neither Ctrl-C nor a line; the work itself goes on.
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let mut line = Line::new(scenario, quiet);
    runtime.block_on(async {
        let mut ticks = tokio::time::interval(DRAW_EVERY);
        loop {
            tokio::select! {
                () = done.notified() => return,
                _ = ticks.tick() => line.show(progress),
                Ok(()) = tokio::signal::ctrl_c() => progress.iter().for_each(Progress::stop),
            }
        }
    });
    line.bar.finish_and_clear();
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
