//! How busy each station was in each interval.

use crate::stations::{Floor, Worked};
use base::grid::Grid;
use base::time::Timestamp;

/// Utilisation by interval, filled as time passes.
#[derive(Clone, Debug)]
pub struct Utilisation {
    grid: Grid,
    /// The interval that is open; as many as there are once the end has been reached.
    open: usize,
    /// What each station had worked when it began.
    before: Vec<Worked>,
    rows: Vec<Vec<f32>>,
}

impl Utilisation {
    /// Nothing yet, of so many stations.
    pub fn new(grid: Grid, stations: usize) -> Self {
        Self { grid, open: 0, before: vec![Worked::default(); stations], rows: Vec::new() }
    }

    /// Closes every interval that ends at or before `now`. Between its last change and `now` the floor has
    /// stood still.
    pub fn pass_to(&mut self, now: Timestamp, floor: &Floor) {
        while self.open < self.grid.count() && self.grid.end(self.open) <= now {
            let worked = floor.worked(self.grid.end(self.open));
            let share = |(now, before): (Worked, &mut Worked)| {
                now.since(std::mem::replace(before, now)).share() as f32
            };
            self.rows.push(worked.zip(&mut self.before).map(share).collect());
            self.open += 1;
        }
    }

    /// The share of offered time that was worked, by finished interval and then by station.
    pub fn rows(&self) -> &[Vec<f32>] {
        &self.rows
    }
}
