//! `openrush simulate`

use super::args::SimulateArgs;
use super::exit::{Exit, Failure};
use super::finish::{self, Made};
use super::host::Look;
use super::{load, progress};
use crate::arrivals::Schedule;
use crate::exec::Progress;
use crate::exec::crowd::Crowd;
use crate::exec::sim;
use crate::record::manifest::RunKind;
use crate::record::{Measured, Recorder};
use crate::scenario::Scenario;
use crate::target::reference;
use reference_server::account::SiteAccount;

pub(super) fn simulate(args: &SimulateArgs) -> Result<Exit, Failure> {
    let loaded = load::load(&args.scenario, false)?;
    let unfinished = finish::begin(&loaded, &args.output)?;
    let (began, progress) = (Look::now(), [Progress::default()]);
    let scenario = &loaded.scenario;
    let ((measured, events), stopped) =
        progress::watch(scenario, args.output.quiet, &progress, || measure(scenario, &progress[0]));
    let spent = began.spent();
    let plan_hash = finish::plan_hash(scenario);
    let made = Made {
        kind: RunKind::Simulate,
        machine: None,
        events: Some(events),
        spent,
        plan_hash,
        stopped,
        marks: Vec::new(),
    };
    finish::finish(&loaded, &measured, &made, unfinished, &args.output)
}

/// Simulates the slice; returns what was measured and how many events there were.
pub(super) fn measure(scenario: &Scenario, progress: &Progress) -> (Measured, u64) {
    let slice = scenario.slice;
    let mut site = reference::site(scenario);
    let mut crowd =
        Crowd::new(&scenario.journey, &scenario.cohorts, slice.until).returning(&scenario.returns);
    let mut recorder = Recorder::new(scenario.grid.clone());
    let arrivals = Schedule::new(&scenario.parts, slice.from, slice.until);
    let events = sim::simulate(arrivals, &mut crowd, &mut site, &mut recorder, progress);
    recorder.close();
    // The account goes to the end of the slice, or to where the simulation was stopped.
    let interrupted = events.last.filter(|_| progress.is_stopping());
    let end = interrupted.unwrap_or(slice.until);
    site.advance(end, &mut Vec::new());
    let account = Some(SiteAccount::of(&site, end));
    let tally = crowd.finish();
    (Measured { recorder, tally, account, generator: None, interrupted }, events.handled)
}
