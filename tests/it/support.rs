//! What several tests need.

use base::protocol::Operation;
use base::time::Timestamp;
use openrush::journey::Ending;
use openrush::record::{Observation, Observe};
use openrush::scenario::Scenario;
use openrush::scenario::resolve::{self, Choices};
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
