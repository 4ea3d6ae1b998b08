//! Counts and histograms of one worker, in memory that does not grow with the number of visits.
//!
//! Per interval it keeps counts and, serialised, the histograms of that interval; over the whole run one
//! histogram per step and outcome. Recorders of several workers are added, never averaged.

use super::{Observation, Observe};
use crate::journey::{Ending, Purpose};
use base::grid::Grid;
use base::histogram::{self, Durations};
use base::protocol::{Operation, Outcome, Refusal};
use base::time::{Nanos, Timestamp};
use hdrhistogram::serialization::{Deserializer, Serializer, V2Serializer};
use std::collections::BTreeMap;

/// Counts of one interval.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// Visits that were due.
    pub planned: u64,
    /// Visits that were begun.
    pub started: u64,
    /// Visits that the driver refused at its own limit.
    pub refused: u64,
    /// Visits of people who returned in a later window.
    pub returned: u64,
    /// Attempts that ended, by operation and outcome.
    pub exchanges: [[u64; Outcome::COUNT]; Operation::COUNT],
    /// Attempts that ended, by purpose.
    pub purposes: [u64; Purpose::COUNT],
    /// Attempts that were out at the end of the interval.
    pub in_flight: u64,
    /// Visits that ended with a booking.
    pub booked: u64,
    /// Visits that were turned away.
    pub turned_away: u64,
    /// Visits that gave up.
    pub gave_up: u64,
}

/// What a histogram is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Response time of attempts at this operation with this outcome.
    Response(Operation, Outcome),
    /// Service time of answered attempts at this operation.
    Service(Operation),
    /// Lag of all attempts.
    Lag,
}

impl Tag {
    /// The tag as it stands in the interval log.
    pub fn name(self) -> String {
        match self {
            Self::Response(operation, outcome) => format!("{}.{}.response", operation.name(), outcome.name()),
            Self::Service(operation) => format!("{}.ok.service", operation.name()),
            Self::Lag => "lag".to_owned(),
        }
    }

    fn place(self) -> usize {
        match self {
            Self::Response(operation, outcome) => operation.index() * Outcome::COUNT + outcome as usize,
            Self::Service(operation) => Operation::COUNT * Outcome::COUNT + operation.index(),
            Self::Lag => Operation::COUNT * (Outcome::COUNT + 1),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        let responses = Operation::ALL.into_iter().flat_map(|operation| {
            Outcome::ALL.into_iter().map(move |outcome| Self::Response(operation, outcome))
        });
        responses.chain(Operation::ALL.into_iter().map(Self::Service)).chain([Self::Lag])
    }
}

/// One histogram of one interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which interval, counted from the first.
    pub interval: usize,
    /// What it is of.
    pub tag: Tag,
    /// The histogram in `HdrHistogram`'s V2 encoding.
    pub bytes: Vec<u8>,
}

impl Segment {
    /// The histogram itself.
    ///
    /// # Panics
    /// Never: the bytes were written by this module.
    pub fn histogram(&self) -> Durations {
        Deserializer::new().deserialize(&mut self.bytes.as_slice()).expect("our own encoding reads back")
    }
}

/// Everything one worker saw.
#[derive(Clone, Debug)]
pub struct Recorder {
    grid: Grid,
    intervals: Vec<Interval>,
    /// The interval whose histograms are being filled.
    open: usize,
    filling: Vec<Option<Durations>>,
    totals: Vec<Option<Durations>>,
    segments: Vec<Segment>,
    reached: [u64; Operation::COUNT],
    refusals: BTreeMap<Refusal, u64>,
}

impl Recorder {
    /// An empty recorder of these intervals. What happens after the last is counted in it.
    pub fn new(grid: Grid) -> Self {
        Self {
            grid,
            intervals: Vec::new(),
            open: 0,
            filling: Tag::all().map(|_| None).collect(),
            totals: Tag::all().map(|_| None).collect(),
            segments: Vec::new(),
            reached: [0; Operation::COUNT],
            refusals: BTreeMap::new(),
        }
    }

    /// The intervals' bounds.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The intervals so far.
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// Attempts by what they were for.
    pub fn sent_for(&self, purpose: Purpose) -> u64 {
        self.intervals.iter().map(|interval| interval.purposes[purpose as usize]).sum()
    }

    /// Visits that came to this operation at all.
    pub fn reached(&self, operation: Operation) -> u64 {
        self.reached[operation.index()]
    }

    /// Visits turned away, by reason.
    pub fn turned_away(&self) -> &BTreeMap<Refusal, u64> {
        &self.refusals
    }

    /// The histogram over the whole run, if anything was counted.
    pub fn total(&self, tag: Tag) -> Option<&Durations> {
        self.totals[tag.place()].as_ref()
    }

    /// The histograms by interval. Call [`Recorder::close`] first.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The lag by interval, each with the end of its interval, in order. Call [`Recorder::close`] first.
    pub(super) fn lags(&self) -> impl Iterator<Item = (Timestamp, Durations)> {
        let lags = self.segments.iter().filter(|segment| segment.tag == Tag::Lag);
        lags.map(|segment| (self.grid.end(segment.interval), segment.histogram()))
    }

    /// Ends recording: the open interval's histograms join the others.
    pub fn close(&mut self) {
        self.flush();
    }

    /// Adds what another worker saw. Both are closed.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(self.grid, other.grid, "workers of one run share intervals");
        self.reach(other.intervals.len().saturating_sub(1));
        for (into, from) in self.intervals.iter_mut().zip(&other.intervals) {
            into.add(from);
        }
        for (into, from) in self.totals.iter_mut().zip(&other.totals) {
            add_histogram(into, from.as_ref());
        }
        self.segments = merged(std::mem::take(&mut self.segments), &other.segments);
        for (into, from) in self.reached.iter_mut().zip(other.reached) {
            *into += from;
        }
        for (reason, count) in &other.refusals {
            *self.refusals.entry(*reason).or_default() += count;
        }
    }

    fn place_of(&self, at: Timestamp) -> usize {
        self.grid.place_near(at, self.open)
    }

    /// The counts of the interval that holds `at`.
    fn interval(&mut self, at: Timestamp) -> &mut Interval {
        let place = self.place_of(at);
        self.reach(place);
        &mut self.intervals[place]
    }

    fn reach(&mut self, place: usize) {
        if self.intervals.len() <= place {
            self.intervals.resize_with(place + 1, Interval::default);
        }
    }

    fn count(&mut self, tag: Tag, span: Nanos) {
        for store in [&mut self.filling, &mut self.totals] {
            let histogram = store[tag.place()].get_or_insert_with(histogram::durations);
            histogram::record(histogram, span);
        }
    }

    /// Serialises the open interval's histograms and empties them.
    fn flush(&mut self) {
        let mut serializer = V2Serializer::new();
        for tag in Tag::all() {
            let Some(histogram) = self.filling[tag.place()].as_mut().filter(|full| !full.is_empty()) else {
                continue;
            };
            let mut bytes = Vec::new();
            serializer.serialize(histogram, &mut bytes).expect("writing to memory does not fail");
            self.segments.push(Segment { interval: self.open, tag, bytes });
            histogram.reset();
        }
    }
}

impl Observe for Recorder {
    fn observe(&mut self, seen: &Observation) {
        // Observations come in order of `done`; one that is a little older (two cores read one clock)
        // is counted in the interval that is open.
        let place = self.place_of(seen.done);
        if place > self.open {
            self.flush();
            self.open = place;
        }
        let interval = self.interval(seen.done);
        interval.exchanges[seen.operation.index()][seen.outcome as usize] += 1;
        interval.purposes[seen.purpose as usize] += 1;
        self.reached[seen.operation.index()] += u64::from(seen.first);
        for interval in self.place_of(seen.started)..place {
            self.intervals[interval].in_flight += 1;
        }
        self.count(Tag::Response(seen.operation, seen.outcome), seen.response());
        self.count(Tag::Lag, seen.lag());
        if seen.outcome == Outcome::Ok {
            self.count(Tag::Service(seen.operation), seen.service());
        }
    }

    fn arrived(&mut self, at: Timestamp, started: bool) {
        let interval = self.interval(at);
        interval.planned += 1;
        interval.started += u64::from(started);
        interval.refused += u64::from(!started);
    }

    fn returned(&mut self, at: Timestamp) {
        self.interval(at).returned += 1;
    }

    fn ended(&mut self, at: Timestamp, ending: Ending) {
        let interval = self.interval(at);
        match ending {
            Ending::Booked => interval.booked += 1,
            Ending::GaveUp => interval.gave_up += 1,
            Ending::TurnedAway(reason) => {
                interval.turned_away += 1;
                *self.refusals.entry(reason).or_default() += 1;
            }
        }
    }
}

impl Interval {
    fn add(&mut self, other: &Self) {
        self.planned += other.planned;
        self.started += other.started;
        self.refused += other.refused;
        self.returned += other.returned;
        self.booked += other.booked;
        self.turned_away += other.turned_away;
        self.gave_up += other.gave_up;
        self.in_flight += other.in_flight;
        for (into, from) in self.purposes.iter_mut().zip(other.purposes) {
            *into += from;
        }
        for (into, from) in self.exchanges.iter_mut().flatten().zip(other.exchanges.iter().flatten()) {
            *into += from;
        }
    }
}

fn add_histogram(into: &mut Option<Durations>, from: Option<&Durations>) {
    if let Some(from) = from {
        let into = into.get_or_insert_with(histogram::durations);
        into.add(from).expect("all histograms share one configuration");
    }
}

/// Two sorted lists of segments as one; histograms of the same interval and tag are added.
fn merged(ours: Vec<Segment>, theirs: &[Segment]) -> Vec<Segment> {
    let mut by_key: BTreeMap<(usize, Tag), Segment> =
        ours.into_iter().map(|segment| ((segment.interval, segment.tag), segment)).collect();
    for segment in theirs {
        by_key
            .entry((segment.interval, segment.tag))
            .and_modify(|own| {
                let mut sum = own.histogram();
                sum.add(segment.histogram()).expect("all histograms share one configuration");
                own.bytes.clear();
                V2Serializer::new().serialize(&sum, &mut own.bytes).expect("writing to memory does not fail");
            })
            .or_insert_with(|| segment.clone());
    }
    by_key.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FROM: Timestamp = Timestamp(1_000_000_000_000);

    fn seen(after_ms: u64, took_ms: u64, kind: u8) -> Observation {
        let done = FROM + Nanos::from_millis(after_ms);
        let started = done - Nanos::from_millis(took_ms);
        Observation {
            operation: Operation::ALL[usize::from(kind) % Operation::COUNT],
            purpose: Purpose::Useful,
            outcome: Outcome::ALL[usize::from(kind) % 2],
            intended: started,
            started,
            sent: started,
            done,
            first: kind.is_multiple_of(3),
        }
    }

    fn recorded(all: &[Observation]) -> Recorder {
        let mut recorder = Recorder::new(Grid::even(FROM, Nanos::from_secs(1), 20));
        for observation in all {
            recorder.observe(observation);
        }
        recorder.close();
        recorder
    }

    proptest! {
        /// Two workers added up are one worker that saw everything, interval by interval.
        #[test]
        fn merging_adds(
            mut moments in prop::collection::vec((0u64..9_000, 1u64..900, 0u8..20, any::<bool>()), 1..120),
        ) {
            moments.sort_unstable();
            let all: Vec<_> = moments.iter().map(|&(at, took, kind, _)| seen(at, took, kind)).collect();
            let of = |worker: bool| -> Vec<_> {
                moments.iter().zip(&all).filter(|(moment, _)| moment.3 == worker).map(|(_, seen)| *seen).collect()
            };
            let one = recorded(&all);
            let mut two = recorded(&of(true));
            two.merge(&recorded(&of(false)));
            prop_assert_eq!(one.segments(), two.segments());
            prop_assert_eq!(one.intervals(), two.intervals());
            for tag in Tag::all() {
                prop_assert_eq!(one.total(tag), two.total(tag));
            }
            prop_assert_eq!(one.reached, two.reached);
        }
    }

    #[test]
    fn what_spans_the_end_of_an_interval_is_in_flight_there() {
        let recorder = recorded(&[seen(900, 800, 0), seen(1_100, 200, 0), seen(3_500, 3_000, 1)]);
        let in_flight: Vec<u64> = recorder.intervals().iter().map(|interval| interval.in_flight).collect();
        assert_eq!(in_flight, [2, 1, 1, 0]);
        assert_eq!(recorder.sent_for(Purpose::Useful), 3);
        assert_eq!((recorder.reached(Operation::Enter), recorder.reached(Operation::Poll)), (2, 0));
    }

    #[test]
    fn every_tag_has_its_own_place() {
        let places: Vec<_> = Tag::all().map(Tag::place).collect();
        assert!(places.iter().copied().eq(0..places.len()));
    }
}
