//! What several tests need.

use base::protocol::Operation;
use base::time::Timestamp;
use openrush::analysis;
use openrush::arrivals::Schedule;
use openrush::exec::Progress;
use openrush::exec::crowd::Crowd;
use openrush::exec::sim::simulate;
use openrush::journey::Ending;
use openrush::record::series::Row;
use openrush::record::summary::Summary;
use openrush::record::{Measured, Observation, Observe, Recorder};
use openrush::scenario::Scenario;
use openrush::scenario::resolve::{self, Choices};
use openrush::target::reference;
use reference_server::account::SiteAccount;
use std::path::PathBuf;

/// Where the shipped scenarios are.
pub(crate) fn scenarios() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// The scenario of 2 August 2021, as shipped.
pub(crate) fn seniors_text() -> String {
    std::fs::read_to_string(scenarios().join("2021-08-02-seniors.yaml")).unwrap()
}

/// The scenario of 2 August 2021 with these choices.
pub(crate) fn seniors(choices: &Choices) -> Scenario {
    resolve::scenario(&seniors_text(), choices).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// A shipped scenario with these choices, its text changed before.
pub(crate) fn shipped(name: &str, change: impl Fn(&str) -> String, choices: &Choices) -> Scenario {
    let text = change(&std::fs::read_to_string(scenarios().join(name)).unwrap());
    resolve::scenario(&text, choices).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// What a simulation of the scenario's slice comes to.
pub(crate) fn simulated(scenario: &Scenario) -> (Summary, Vec<Row>) {
    let slice = scenario.slice;
    let mut site = reference::site(scenario);
    let mut crowd =
        Crowd::new(&scenario.journey, &scenario.cohorts, slice.until).returning(&scenario.returns);
    let mut recorder = Recorder::new(scenario.grid.clone());
    let arrivals = Schedule::new(&scenario.parts, slice.from, slice.until);
    simulate(arrivals, &mut crowd, &mut site, &mut recorder, &Progress::default());
    recorder.close();
    site.advance(slice.until, &mut Vec::new());
    let account = Some(SiteAccount::of(&site, slice.until));
    let measured = Measured { recorder, tally: crowd.finish(), account, generator: None, interrupted: None };
    (analysis::summary::of(scenario, &measured), analysis::rows::of(scenario, &measured))
}

/// Everything that happened, as it happened.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Log {
    pub(crate) observations: Vec<Observation>,
    pub(crate) ended: Vec<(Timestamp, Ending)>,
    pub(crate) returned: Vec<Timestamp>,
}

impl Log {
    /// The log in an order that does not depend on who was handled first at one instant.
    pub(crate) fn sorted(mut self) -> Self {
        self.observations.sort_by_key(|seen| {
            (seen.done, seen.intended, seen.operation, seen.outcome, seen.purpose, seen.started)
        });
        self.ended.sort_unstable();
        self.returned.sort_unstable();
        self
    }

    /// How many attempts there were at this operation.
    pub(crate) fn attempts(&self, operation: Operation) -> usize {
        self.observations.iter().filter(|seen| seen.operation == operation).count()
    }
}

impl Observe for Log {
    fn observe(&mut self, observation: &Observation) {
        self.observations.push(*observation);
    }
    fn arrived(&mut self, _: Timestamp, _: bool) {}
    fn returned(&mut self, at: Timestamp) {
        self.returned.push(at);
    }
    fn ended(&mut self, at: Timestamp, ending: Ending) {
        self.ended.push((at, ending));
    }
}
