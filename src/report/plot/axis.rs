//! Axes: what part is shown, and which round values carry a label.

use super::super::format;
use super::super::run::Run;

const MINUTE: f64 = 60.0;
const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;
/// No more labels than this below a picture: more would touch.
const TIMES: f64 = 9.0;

/// A range of values with its ticks.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    from: f64,
    to: f64,
    logarithmic: bool,
    /// Where ticks are, and what they say.
    pub(super) ticks: Vec<(f64, String)>,
    /// What the values are.
    pub(super) title: String,
}

impl Axis {
    /// Scenario time from `from` to `to` seconds after the opening, with round times of day.
    pub(super) fn time(from: f64, to: f64, run: &Run) -> Self {
        let clock = &run.clock;
        let span = (to - from).max(1.0);
        let step = time_step(span);
        let midnight = clock.opening_in_day();
        let label = |t: f64| match step {
            step if span > DAY && step >= MINUTE => clock.day_and_minute(t),
            step if step < MINUTE => clock.second(t),
            _ => clock.short(t),
        };
        let ticks = multiples(from + midnight, from + span + midnight, step)
            .map(|second| second - midnight)
            .map(|t| (t, label(t)))
            .collect();
        Self {
            from,
            to: from + span,
            logarithmic: false,
            ticks,
            title: run.words.axis_time(clock.zone_name()),
        }
    }

    /// Counts from 0 to a little above `max`, so that notes have room.
    pub(super) fn counts(max: f64) -> Self {
        let max = max.max(1.0) * 1.15;
        let step = round_step(max / 5.0).max(1.0);
        let ticks = multiples(0.0, max, step).map(|value| (value, format::number(value))).collect();
        Self { from: 0.0, to: max, logarithmic: false, ticks, title: String::new() }
    }

    /// Shares from 0 to 100 %, with room above for notes.
    pub(super) fn shares() -> Self {
        let ticks = (0..=5).map(|n| f64::from(n) / 5.0).map(|part| (part, format::share(part))).collect();
        Self { from: 0.0, to: 1.15, logarithmic: false, ticks, title: String::new() }
    }

    /// Durations from `min` to `max` seconds, both finite, on a logarithmic scale.
    pub(super) fn durations(min: f64, max: f64) -> Self {
        let from = libm::floor(libm::log10(min.max(1e-4)));
        let to = libm::ceil(libm::log10(max.max(1e-4) * 1.2)).max(from + 1.0);
        let steps: &[f64] = if to - from > 2.0 { &[1.0] } else { &[1.0, 2.0, 5.0] };
        let decades = (from as i32)..=(to as i32);
        let values = decades
            .flat_map(|decade| steps.iter().map(move |step| step * libm::pow(10.0, f64::from(decade))));
        let (from, to) = (libm::pow(10.0, from), libm::pow(10.0, to));
        let ticks = values.filter(|v| *v <= to * 1.000_1).map(|v| (v, tick(v))).collect();
        Self { from, to, logarithmic: true, ticks, title: String::new() }
    }

    /// Whether a value is in view.
    pub(super) fn shows(&self, value: f64) -> bool {
        (self.from..=self.to).contains(&value)
    }

    /// Whether a span of values is in view, or a part of it.
    pub(super) fn meets(&self, from: f64, to: f64) -> bool {
        from < self.to && to > self.from
    }

    /// Where a value lies when the axis goes from `start` to `end`; values out of view lie at its ends.
    pub(super) fn place(&self, value: f64, start: f64, end: f64) -> f64 {
        let scale = |v: f64| if self.logarithmic { libm::log10(v.max(self.from)) } else { v };
        let part = (scale(value) - scale(self.from)) / (scale(self.to) - scale(self.from));
        start + part.clamp(0.0, 1.0) * (end - start)
    }
}

/// `0.1 s` rather than `0.10 s`: ticks are round.
fn tick(seconds: f64) -> String {
    let text = format::duration(seconds);
    text.strip_suffix("0 s")
        .filter(|rest| rest.contains('.'))
        .map_or(text.clone(), |rest| format!("{rest} s"))
}

fn multiples(from: f64, to: f64, step: f64) -> impl Iterator<Item = f64> {
    let (first, last) = ((from / step).ceil() as i64, (to / step).floor() as i64);
    (first..=last).map(move |n| n as f64 * step)
}

fn time_step(span: f64) -> f64 {
    let seconds = [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0];
    let minutes = [1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0].map(|n| n * MINUTE);
    let hours = [1.0, 2.0, 3.0, 6.0, 12.0].map(|n| n * HOUR);
    let steps = seconds.into_iter().chain(minutes).chain(hours);
    let days = (span / TIMES / DAY).ceil().max(1.0) * DAY;
    steps.into_iter().find(|step| span / step <= TIMES).unwrap_or(days)
}

/// The least of 1, 2, 5, 10, … that is not below `least`.
fn round_step(least: f64) -> f64 {
    let decade = libm::pow(10.0, libm::floor(libm::log10(least.max(1e-9))));
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
    steps.into_iter().find(|step| *step >= least * 0.999_999).unwrap_or(steps[3])
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;
    use crate::report::messages::Language;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn times_are_round() {
        let folder = sample::folder();
        let run = Run::of(&folder, Language::English).unwrap();
        let slice = Axis::time(-660.0, 960.0, &run);
        assert_eq!(labels(&slice), ["19:50", "19:55", "20:00", "20:05", "20:10", "20:15"]);
        let zoomed = Axis::time(-13.0, 120.0, &run);
        assert_eq!(labels(&zoomed)[..2], ["20:00:00", "20:00:15"]);
        let month = Axis::time(0.0, 28.0 * DAY, &run);
        assert_eq!(labels(&month)[0], "08-06 00:00");
        assert!(month.ticks.len() <= 10);
    }

    #[test]
    fn values_are_round() {
        assert_eq!(labels(&Axis::counts(617.0)), ["0", "200", "400", "600"]);
        assert_eq!(labels(&Axis::counts(31_980.0)), ["0", "10,000", "20,000", "30,000"]);
        assert_eq!(labels(&Axis::counts(0.0)), ["0", "1"]);
        assert_eq!(labels(&Axis::durations(0.02, 1.3)), ["10 ms", "0.1 s", "1 s", "10 s"]);
        assert_eq!(labels(&Axis::durations(0.2, 0.7)), ["0.1 s", "0.2 s", "0.5 s", "1 s"]);
    }

    #[test]
    fn nothing_lies_outside() {
        let axis = Axis::durations(0.01, 1.0);
        let places = [0.0, 0.1, 1e9].map(|value| axis.place(value, 0.0, 100.0).round() as i64);
        assert_eq!(places, [0, 33, 100]);
    }
}
