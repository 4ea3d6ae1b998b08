//! `funnel.svg`: how many came to each step, and how many were lost at it.

use super::bars::{self, Bar, Row};
use super::{Axis, BLUE, ORANGE, Pen, PlotError};
use crate::report::format::{count, share_of};
use crate::report::run::Run;
use base::protocol::Operation;

/// The way to a booking. Polling is waiting, not a step, and what follows a booking is not on the way.
const WAY: [Operation; 7] = [
    Operation::Enter,
    Operation::Identify,
    Operation::Eligibility,
    Operation::Centres,
    Operation::Slots,
    Operation::Hold,
    Operation::Book,
];

/// A step, how many visits came to it, and how many of those did not come to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stage {
    /// The step's name, or that of the end.
    pub(crate) name: String,
    /// Visits that came to it.
    pub(crate) reached: u64,
    /// Visits that came no further; none at the end.
    pub(crate) lost: u64,
}

/// The stages of the way, from the first to the booking; `None` when the folder does not know them.
pub(crate) fn stages(run: &Run) -> Option<Vec<Stage>> {
    let summary = run.summary();
    let reached = |operation: Operation| summary.steps.get(operation.name()).map_or(0, |step| step.reached);
    let steps = WAY.into_iter().filter(|operation| reached(*operation) > 0);
    let mut stages: Vec<(String, u64)> =
        steps.map(|operation| (operation.name().to_owned(), reached(operation))).collect();
    if stages.is_empty() {
        return None;
    }
    stages.push((run.words.booked(), summary.people.booked));
    let next: Vec<u64> = stages.iter().skip(1).map(|(_, reached)| *reached).collect();
    let lost = |place: usize, reached: u64| next.get(place).map_or(0, |next| reached.saturating_sub(*next));
    let stages = stages.into_iter().enumerate();
    Some(stages.map(|(place, (name, reached))| Stage { name, reached, lost: lost(place, reached) }).collect())
}

/// Draws the picture; `None` when the folder does not know the stages.
///
/// # Errors
/// If the picture cannot be drawn.
pub(crate) fn draw(run: &Run) -> Result<Option<String>, PlotError> {
    let Some(stages) = stages(run) else { return Ok(None) };
    let (words, first) = (&run.words, stages[0].reached);
    let x = Axis::counts(stages.iter().map(|stage| stage.reached).max().unwrap_or(0) as f64 / 1.15);
    let legend = [(Pen::solid(BLUE, 36), words.line_went_on()), (Pen::solid(ORANGE, 36), words.line_lost())];
    let rows: Vec<Row> = stages
        .iter()
        .map(|stage| {
            let (reached, on) = (stage.reached as f64, (stage.reached - stage.lost) as f64);
            let (number, part) = (count(stage.reached), share_of(stage.reached, first));
            let text = match stage.lost {
                0 => words.stage(number, part),
                lost => words.stage_lost(number, part, count(lost)),
            };
            let pieces = vec![(0.0, on, BLUE), (on, reached, ORANGE)];
            Row { name: stage.name.clone(), bars: vec![Bar { pieces, text }] }
        })
        .collect();
    bars::picture((&words.picture_funnel(), &words.axis_funnel()), &x, &legend, &rows).map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;
    use crate::report::messages::Language;

    #[test]
    fn who_is_lost_did_not_come_to_the_next_stage() {
        let mut folder = sample::folder();
        folder.summary.steps.get_mut("slots").unwrap().reached = 30_000;
        let stages = stages(&Run::of(&folder, Language::English).unwrap()).unwrap();
        let seen: Vec<_> = stages.iter().map(|s| (s.name.as_str(), s.reached, s.lost)).collect();
        let expected = [
            ("identify", 31_400, 1_400),
            ("slots", 30_000, 0),
            ("book", 31_400, 7_397),
            ("booked", 24_003, 0),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_folder_that_does_not_know_who_came_where_has_no_funnel() {
        let mut folder = sample::folder();
        folder.summary.steps.values_mut().for_each(|step| step.reached = 0);
        assert_eq!(stages(&Run::of(&folder, Language::English).unwrap()), None);
    }
}
