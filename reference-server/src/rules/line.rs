//! The line itself: who waits, in which order, and how many are ahead of whom.
//!
//! Tickets are numbered in order of issue, so the line is a set of numbers. It is kept as a bitmap with
//! a Fenwick tree (Fenwick 1994) over the counts of its 64-bit words: joining, leaving from anywhere and
//! asking for a position cost O(log n), the front O(1) amortised; a ticket costs 1.5 bits.

/// A first-come-first-served line of ticket numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Bit `n % 64` of word `n / 64` is set while ticket `n` waits.
    words: Vec<u64>,
    /// Fenwick tree over the number of set bits per word; entry `i` stands for word `i` counted from 1.
    counts: Vec<u32>,
    /// No word before this one has a bit set.
    head: usize,
    waiting: u64,
}

impl Line {
    /// How many wait.
    pub fn len(&self) -> u64 {
        self.waiting
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// Puts ticket `number` at its place. Numbers come in order of issue; some may never come.
    pub fn join(&mut self, number: u64) {
        let word = word_of(number);
        while self.words.len() <= word {
            self.push_empty_word();
        }
        if self.words[word] & bit_of(number) == 0 {
            self.words[word] |= bit_of(number);
            self.head = self.head.min(word);
            self.waiting += 1;
            self.add(word, 1);
        }
    }

    /// Takes ticket `number` out, wherever it stands; `false` if it was not in line.
    pub fn leave(&mut self, number: u64) -> bool {
        let word = word_of(number);
        if word >= self.words.len() || self.words[word] & bit_of(number) == 0 {
            return false;
        }
        self.words[word] &= !bit_of(number);
        self.waiting -= 1;
        self.add(word, -1);
        true
    }

    /// How many wait ahead of ticket `number`.
    pub fn ahead(&self, number: u64) -> u64 {
        let word = word_of(number).min(self.words.len());
        let before = self.prefix(word);
        let within = self.words.get(word_of(number)).map_or(0, |bits| bits & (bit_of(number) - 1));
        before + u64::from(within.count_ones())
    }

    /// Takes the front ticket out.
    pub fn pop(&mut self) -> Option<u64> {
        if self.waiting == 0 {
            return None;
        }
        while self.words[self.head] == 0 {
            self.head += 1;
        }
        let number = self.head as u64 * 64 + u64::from(self.words[self.head].trailing_zeros());
        self.leave(number);
        Some(number)
    }

    /// Adds an empty word; its tree node stands for the words below it that it covers.
    fn push_empty_word(&mut self) {
        self.words.push(0);
        let node = self.words.len();
        let floor = node - lowest_bit(node);
        let (mut covered, mut child) = (0, node - 1);
        while child > floor {
            covered += self.counts[child - 1];
            child -= lowest_bit(child);
        }
        self.counts.push(covered);
    }

    fn add(&mut self, word: usize, change: i32) {
        let mut node = word + 1;
        while node <= self.counts.len() {
            self.counts[node - 1] = self.counts[node - 1].wrapping_add_signed(change);
            node += lowest_bit(node);
        }
    }

    /// Set bits in the first `words` words.
    fn prefix(&self, words: usize) -> u64 {
        let (mut sum, mut node) = (0, words);
        while node > 0 {
            sum += u64::from(self.counts[node - 1]);
            node -= lowest_bit(node);
        }
        sum
    }
}

fn word_of(number: u64) -> usize {
    (number / 64) as usize
}

fn bit_of(number: u64) -> u64 {
    1 << (number % 64)
}

fn lowest_bit(node: usize) -> usize {
    node & node.wrapping_neg()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn twelve_people_ahead() {
        let mut line = Line::default();
        (0..13).for_each(|number| line.join(number));
        assert_eq!(line.ahead(12), 12);
        assert!(line.leave(5) && !line.leave(5));
        assert_eq!((line.ahead(12), line.ahead(3), line.pop(), line.ahead(12)), (11, 3, Some(0), 10));
    }

    proptest! {
        /// Against the obvious model, an ordered set.
        #[test]
        fn agrees_with_an_ordered_set(moves in prop::collection::vec((0u8..4, 0u64..400), 1..400)) {
            let (mut line, mut model, mut next) = (Line::default(), BTreeSet::new(), 0);
            for (kind, number) in moves {
                match kind {
                    0 | 1 => {
                        next += 1 + number % 3 * 40;
                        line.join(next);
                        model.insert(next);
                    }
                    2 => prop_assert_eq!(line.leave(number * 20), model.remove(&(number * 20))),
                    _ => prop_assert_eq!(line.pop(), model.pop_first()),
                }
                prop_assert_eq!(line.len(), model.len() as u64);
                let probe = number * 20;
                prop_assert_eq!(line.ahead(probe), model.range(..probe).count() as u64);
            }
        }
    }
}
