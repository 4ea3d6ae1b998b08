//! `stations.svg`: how busy each station was, over time where that was recorded, else over the slice.

use super::bars::{self, Bar};
use super::panel::{self, Panel, Point};
use super::{Axis, BLUE, GREEN, INK, ORANGE, PURPLE, Pen, PlotError, SKY};
use crate::record::series::Row;
use crate::report::format::share;
use crate::report::run::Run;

/// No more points than this per line.
const POINTS: usize = 210;

/// How lines are told apart; a sixth station and those after it are drawn dashed.
fn pen(place: usize) -> Pen {
    const COLORS: [plotters::style::RGBColor; 6] = [BLUE, ORANGE, GREEN, PURPLE, SKY, INK];
    let color = COLORS[place % COLORS.len()];
    if place < COLORS.len() { Pen::solid(color, 8) } else { Pen::dashed(color, 8) }
}

/// Draws the picture; `None` when the target has no stations that it tells of.
///
/// # Errors
/// If the picture cannot be drawn.
pub(crate) fn draw(run: &Run) -> Result<Option<String>, PlotError> {
    let stations: Vec<&String> =
        run.rows().first().map(|row| row.stations.keys().collect()).unwrap_or_default();
    if !stations.is_empty() {
        return over_time(run, &stations).map(Some);
    }
    if run.summary().stations.is_empty() { Ok(None) } else { over_the_slice(run).map(Some) }
}

fn over_time(run: &Run, stations: &[&String]) -> Result<String, PlotError> {
    let (from, to) = run.slice();
    let axes = (Axis::time(from, to, run), Axis::shares());
    let words = &run.words;
    panel::picture(&words.picture_stations(), axes, &words.axis_stations(), run, |panel: &Panel| {
        let named = stations.iter().enumerate().map(|(place, name)| (pen(place), (*name).clone()));
        panel.legend(&named.collect::<Vec<_>>())?;
        panel.times()?;
        let mut lines = stations.iter().enumerate();
        lines.try_for_each(|(place, name)| panel.line(&course(run.rows(), name), pen(place)))
    })
}

/// A station's utilisation, averaged over at most [`POINTS`] spans of time.
fn course(rows: &[Row], station: &str) -> Vec<Point> {
    let together = rows.len().div_ceil(POINTS).max(1);
    rows.chunks(together)
        .map(|rows| {
            let length: f64 = rows.iter().map(|row| row.length_s).sum();
            let busy = rows.iter().filter_map(|row| Some(row.stations.get(station)? * row.length_s));
            let middle = f64::midpoint(rows[0].t_s, rows[rows.len() - 1].end_s());
            (middle, (length > 0.0).then(|| busy.sum::<f64>() / length))
        })
        .collect()
}

fn over_the_slice(run: &Run) -> Result<String, PlotError> {
    let rows = run.summary().stations.iter().map(|(name, station)| bars::Row {
        name: name.clone(),
        bars: vec![Bar { pieces: vec![(0.0, station.utilisation, BLUE)], text: share(station.utilisation) }],
    });
    let titles = (run.words.picture_stations(), run.words.axis_stations());
    bars::picture((&titles.0, &titles.1), &Axis::shares(), &[], &rows.collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_the_mean_over_its_time() {
        let row = |t_s: f64, length_s, busy| Row {
            t_s,
            length_s,
            stations: [("web".to_owned(), busy)].into(),
            ..Row::default()
        };
        assert_eq!(course(&[row(0.0, 10.0, 0.5)], "web"), [(5.0, Some(0.5))]);
        assert_eq!(course(&[row(0.0, 10.0, 0.5)], "pool"), [(5.0, Some(0.0))]);
        let many: Vec<Row> = (0..420).map(|n| row(f64::from(n), 1.0, f64::from(n % 2))).collect();
        assert!(course(&many, "web").iter().all(|(_, busy)| *busy == Some(0.5)));
    }
}
