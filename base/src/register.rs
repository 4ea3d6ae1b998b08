//! The register of residents: what is known of a person before they come. Each person is a pure function
//! of (seed, cohort's name, number); nothing is stored of anybody.
//!
//! Where people live decides which window admits them, so provinces are apportioned, not drawn: the people
//! of a cohort are numbered province by province. Dates of birth are drawn.

use crate::apportion::largest_remainder;
use crate::calendar::{Born, Day};
use crate::draw::{Draws, Purpose};
use crate::protocol::PersonId;
use crate::province::{Province, Regions};
use std::ops::Range;

/// What the register says of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resident {
    /// The date of birth.
    pub born: Day,
    /// Where they live.
    pub province: Province,
}

/// A cohort in the register.
#[derive(Clone, Debug)]
pub struct Listed {
    tag: u32,
    born: Born,
    draws: Draws,
    /// The provinces of the cohort with the numbers of the people who live there.
    cells: Vec<(Province, Range<u32>)>,
}

impl Listed {
    /// A cohort of `people`, born in `born` and spread over `regions` by their residents.
    pub fn new(tag: u32, people: u64, born: Born, regions: Regions, draws: Draws) -> Self {
        let weights: Vec<f64> = regions.provinces().map(|province| province.residents() as f64).collect();
        let mut next = 0;
        let cells = regions.provinces().zip(largest_remainder(people, &weights)).map(|(province, count)| {
            let first = next;
            next += count as u32;
            (province, first..next)
        });
        Self { tag, born, draws, cells: cells.collect() }
    }

    /// When its people were born.
    pub fn born(&self) -> Born {
        self.born
    }

    /// The provinces of the cohort, each with the numbers of its people.
    pub fn cells(&self) -> &[(Province, Range<u32>)] {
        &self.cells
    }

    /// What is known of person `number`; none if there is no such person.
    pub fn resident(&self, number: u32) -> Option<Resident> {
        let cell = self.cells.partition_point(|(_, people)| people.end <= number);
        let (province, _) = self.cells.get(cell)?;
        let draw = self.draws.draw(PersonId::new(self.tag, number).0, 0, Purpose::Birth as u64, 0);
        let born = self.born.first + draw.below(self.born.days()) as i32;
        Some(Resident { born, province: *province })
    }
}

/// All cohorts.
#[derive(Clone, Debug, Default)]
pub struct Register(Vec<Listed>);

impl Register {
    /// A register of these cohorts.
    pub fn new(mut cohorts: Vec<Listed>) -> Self {
        cohorts.sort_by_key(|cohort| cohort.tag);
        Self(cohorts)
    }

    /// What is known of a person; none if nobody of that id is registered.
    pub fn resident(&self, person: PersonId) -> Option<Resident> {
        let tag = (person.0 >> 32) as u32;
        let place = self.0.binary_search_by_key(&tag, |cohort| cohort.tag).ok()?;
        self.0[place].resident(person.index() as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Seed;

    fn listed(people: u64, regions: Regions) -> Listed {
        let born = "1972-01-01..2003-12-31".parse().unwrap();
        Listed::new(7, people, born, regions, Seed(1).family("cohort", "a"))
    }

    #[test]
    fn everybody_lives_somewhere_and_was_born_in_the_interval() {
        let cohort = listed(10_000, Regions::CAPITAL);
        let register = Register::new(vec![cohort.clone()]);
        let (first, last): (Day, Day) = ("1972-01-01".parse().unwrap(), "2003-12-31".parse().unwrap());
        let mut by_province = [0; Province::ALL.len()];
        for number in 0..10_000 {
            let resident = register.resident(PersonId::new(7, number)).unwrap();
            assert!((first..=last).contains(&resident.born), "{}", resident.born);
            by_province[resident.province as usize] += 1;
        }
        for (province, people) in cohort.cells() {
            assert_eq!(by_province[*province as usize], people.len());
        }
        assert_eq!(register.resident(PersonId::new(7, 10_000)), None);
        assert_eq!(register.resident(PersonId::new(8, 0)), None);
    }

    #[test]
    fn small_cohorts_leave_provinces_empty() {
        let cohort = listed(2, Regions::KOREA);
        let homes: Vec<_> = (0..2).map(|number| cohort.resident(number).unwrap().province).collect();
        assert_eq!(homes, [Province::Seoul, Province::Gyeonggi]);
    }
}
