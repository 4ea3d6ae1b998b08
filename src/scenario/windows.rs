//! Which people come in which window, and how they spread over it.
//!
//! The people of a cohort are numbered province by province. Within a province the first numbers come in the
//! first window that admits them, the next in the second, and so on; within a window the first numbers come
//! at the door, the next in the rush, and so on, as the file lists its profiles. All counts are by largest
//! remainder, so that nobody is lost and every profile has its share of every window.

use super::Window;
use crate::arrivals::{PlannedPart, Profile, Span};
use crate::population::Cohort;
use base::apportion::{largest_remainder, table};
use base::province::Province;
use std::ops::Range;
use std::sync::Arc;

/// A window with everything that decides who comes in it.
pub(super) struct Opening<'a> {
    pub(super) window: &'a Window,
    pub(super) span: Span,
    /// The share of those whom it admits, and who did not come earlier, that comes in it.
    pub(super) come: f64,
}

/// The people of one province who come in one window.
struct Group {
    window: usize,
    people: Range<u32>,
}

/// The planned parts of all cohorts, by cohort, window, profile and province.
pub(super) fn parts(
    cohorts: &[Arc<Cohort>],
    openings: &[Opening<'_>],
    profiles: &[Profile],
) -> Vec<PlannedPart> {
    let shares: Vec<f64> = profiles.iter().map(|profile| profile.share().0).collect();
    let mut parts = Vec::new();
    for (place, cohort) in cohorts.iter().enumerate() {
        let groups: Vec<Group> =
            cohort.listed.cells().iter().flat_map(|cell| split(cell, place as u16, openings)).collect();
        for (window, opening) in openings.iter().enumerate() {
            let here: Vec<&Group> = groups.iter().filter(|group| group.window == window).collect();
            let sizes: Vec<u64> = here.iter().map(|group| group.people.len() as u64).collect();
            let mut next: Vec<u32> = here.iter().map(|group| group.people.start).collect();
            let counts = table(&sizes, &shares);
            for (column, profile) in profiles.iter().enumerate() {
                for (row, first_person) in next.iter_mut().enumerate() {
                    let count = counts[row][column];
                    parts.push(PlannedPart {
                        cohort: place as u16,
                        people: Arc::clone(cohort),
                        window: window as u16,
                        first_person: *first_person,
                        count,
                        span: opening.span,
                        profile: profile.clone(),
                    });
                    *first_person += count as u32;
                }
            }
        }
    }
    parts.retain(|part| part.count > 0);
    parts
}

/// The people of a province by the window they come in.
fn split(cell: &(Province, Range<u32>), cohort: u16, openings: &[Opening<'_>]) -> Vec<Group> {
    let (province, people) = cell;
    let admits = |opening: &Opening<'_>| admits(opening.window, cohort, *province);
    let open: Vec<usize> = (0..openings.len()).filter(|place| admits(&openings[*place])).collect();
    let mut left = 1.0;
    let shares: Vec<f64> = open
        .iter()
        .enumerate()
        .map(|(nth, place)| {
            let share = if nth + 1 == open.len() { left } else { left * openings[*place].come };
            left -= share;
            share
        })
        .collect();
    if open.is_empty() || people.is_empty() {
        return Vec::new();
    }
    let mut first = people.start;
    let counts = largest_remainder(people.len() as u64, &shares);
    let group = |(window, count): (usize, u64)| {
        let people = first..first + count as u32;
        first = people.end;
        Group { window, people }
    };
    open.into_iter().zip(counts).map(group).collect()
}

/// Whether a window admits people of a cohort who live in a province.
pub(super) fn admits(window: &Window, cohort: u16, province: Province) -> bool {
    window.cohorts.contains(&cohort) && window.regions.contain(province)
}
