//! Reads a scenario file to its end, whatever is wrong in it.
//!
//! Reading stops at the first mistake. So the mistake is noted and mended, and the file is read again, until
//! nothing is wrong any more: a misspelt key is read as the one it resembles, a bad value is taken out, and
//! where the document cannot be without it a stand-in takes its place. What is left can be checked further;
//! only of the mended places nothing more can be said.

use super::document::Document;
use super::tree::{Entry, Fault, Node, What, did_you_mean, nearest};
use super::yaml::{self, Place, Problem, Step, path_text};
use base::quantity::FULL_KEYS;
use serde::Deserialize as _;

/// The most times a file is read. Each mistake takes one to a dozen.
const MOST_TRIES: usize = 2_000;

/// A value of each kind there is. One of them can stand in for a required value of any type.
fn stand_ins() -> [Node; 11] {
    let text = |text: &str| Node::Text(text.to_owned());
    let law = Entry::new("constant".to_owned(), text("1s"));
    [
        text("UTC"),
        Node::Whole(1),
        text("1s"),
        text("1%"),
        text("1/s"),
        text("1 sessions"),
        text("2021-01-01T00:00"),
        text("fact"),
        Node::List(Vec::new()),
        Node::Map(Vec::new()),
        Node::Map(vec![law]),
    ]
}

/// Which parts of a file conditions elsewhere look at: of the first nothing is said where something of the
/// second was mended that lies at most so many steps deep.
const RESTS_ON: [(&str, &str, usize); 5] = [
    ("windows", "cohorts", 2),
    ("windows", "windows", 3),
    ("cohorts", "windows", 4),
    ("arrivals", "windows", 3),
    ("replay", "windows", 3),
];

/// A file that was read to its end.
pub(super) struct Reading<'t> {
    text: &'t str,
    tree: Option<Node>,
    problems: Vec<Problem>,
    /// The paths of keys that nobody asked for and that were taken out.
    unknown: Vec<Vec<Step>>,
    /// The paths of values that were taken out or put in.
    mended: Vec<Vec<Step>>,
    /// The paths of values that were put in, each with its number among the [`stand_ins`].
    put_in: Vec<(Vec<Step>, usize)>,
}

impl<'t> Reading<'t> {
    /// Reads a file, with values replaced, each given as `path=value`.
    ///
    /// # Errors
    /// All problems, when too little could be read to check any further.
    pub(super) fn of(text: &'t str, replacements: &[String]) -> Result<(Document, Self), Vec<Problem>> {
        let new = |tree| Self {
            text,
            tree,
            problems: Vec::new(),
            unknown: Vec::new(),
            mended: Vec::new(),
            put_in: Vec::new(),
        };
        let mut reading = new(Some(yaml::tree(text).map_err(|problem| vec![problem])?));
        let document = reading.read_to_the_end();
        if reading.problems.is_empty() {
            // The tree has no memory of how a number was written; the document may name itself by one.
            let document = yaml::read_with(text, replacements).map_err(|problem| vec![problem])?;
            return Ok((document, reading));
        }
        // What the command line would have replaced in a file with mistakes is not known.
        match document {
            Some(document) if replacements.is_empty() => Ok((document, reading)),
            _ => Err(in_order(reading.problems)),
        }
    }

    /// The problems found, and those of `others` about what was read as it stands, in the order of the file.
    pub(super) fn with(self, others: Vec<Problem>) -> Vec<Problem> {
        let mut problems = self.problems;
        problems.extend(others);
        in_order(problems)
    }

    /// Where in the file the document's `path` stands, if anything can be said about it: nothing can about
    /// what was mended, or about what rests on it.
    pub(super) fn in_file(&self, path: &[Step]) -> Option<Vec<Step>> {
        let path = Node::in_file(self.tree.as_ref(), path);
        (!self.mended.iter().any(|mended| rests_on(&path, mended))).then_some(path)
    }

    fn read_to_the_end(&mut self) -> Option<Document> {
        for path in self.tree.as_ref().map(Node::twice).unwrap_or_default() {
            self.note_twice(path);
        }
        for _ in 0..MOST_TRIES {
            match Document::deserialize(self.tree.as_ref()?) {
                Ok(document) => return Some(document),
                Err(fault) => self.mend(fault),
            }
        }
        None
    }

    fn mend(&mut self, fault: Fault) {
        let path = fault.path();
        if let Some(stand_in) = self.put_in.iter().position(|(place, _)| path.starts_with(place)) {
            return self.put_in_another(stand_in);
        }
        match fault.what {
            What::UnknownKey { found, known } => self.mend_key(path, &found, known),
            What::MissingKey(key) => self.mend_gap(path, key),
            What::Value { message, hint } => {
                let here = |other: &Vec<Step>| other.starts_with(&path);
                // A value that something was taken out of is wrong for that reason.
                if !self.mended.iter().chain(&self.unknown).any(here) {
                    let key = fault.of_key.then(|| yaml::locate_key(self.text, &path, 0)).flatten();
                    let place = key.or_else(|| yaml::locate(self.text, &path));
                    let hint = hint.or_else(|| self.misspelt_long_form(&path, &message));
                    self.note(place, &path, &message, hint);
                }
                self.take_out(path);
            }
        }
    }

    /// A mapping where none can be is often a value's long form whose first key is misspelt.
    fn misspelt_long_form(&mut self, path: &[Step], message: &str) -> Option<String> {
        let entries = Node::entries(&mut self.tree, path).filter(|_| message.ends_with("found a mapping"))?;
        let unknown =
            entries.iter().map(|entry| &entry.written).find(|key| !FULL_KEYS.contains(&key.as_str()));
        unknown.and_then(|key| did_you_mean(key, &FULL_KEYS))
    }

    /// A misspelt key is read as the one it resembles, so that its value is looked at too; another is taken out.
    fn mend_key(&mut self, path: Vec<Step>, found: &str, known: &'static [&'static str]) {
        let whole = below(&path, found);
        let message = Fault::unknown(found, known).to_string();
        self.note(yaml::locate_key(self.text, &whole, 0), &path, &message, did_you_mean(found, known));
        let entries = Node::entries(&mut self.tree, &path).map_or(&mut [][..], Vec::as_mut_slice);
        let is_free = |name: &&str| !entries.iter().any(|entry| entry.name == *name);
        let meant = nearest(found, known).filter(is_free);
        match (entries.iter_mut().find(|entry| entry.written == found), meant) {
            (Some(entry), Some(meant)) => meant.clone_into(&mut entry.name),
            (Some(entry), None) => {
                entry.value = None;
                self.unknown.push(whole);
            }
            (None, _) => self.take_out(path),
        }
    }

    /// A missing key is news unless it was taken out. Either way something has to stand there.
    fn mend_gap(&mut self, path: Vec<Step>, key: &str) {
        let [stand_in, ..] = stand_ins();
        let Some(entries) = Node::entries(&mut self.tree, &path) else { return self.take_out(path) };
        if let Some(entry) = entries.iter_mut().find(|entry| entry.name == key) {
            entry.value = Some(stand_in);
            self.put_in.push((below(&path, &entry.written), 0));
            return;
        }
        entries.push(Entry::new(key.to_owned(), stand_in));
        let whole = below(&path, key);
        self.put_in.push((whole.clone(), 0));
        self.mended.push(whole);
        self.note(yaml::locate(self.text, &path), &path, &format!("the key `{key}` is missing"), None);
    }

    /// The stand-in does not fit: the next one is tried. Where none fits, what is around it goes too.
    fn put_in_another(&mut self, number: usize) {
        let (path, tried) = &mut self.put_in[number];
        *tried += 1;
        let next = stand_ins().into_iter().nth(*tried);
        if let (Some(slot), Some(stand_in)) = (Node::slot(&mut self.tree, path), next) {
            *slot = Some(stand_in);
        } else {
            let around = path[..path.len().saturating_sub(1)].to_vec();
            self.take_out(around);
        }
    }

    fn take_out(&mut self, path: Vec<Step>) {
        match Node::slot(&mut self.tree, &path) {
            Some(slot) => *slot = None,
            None => self.tree = None,
        }
        self.put_in.retain(|(place, _)| !place.starts_with(&path));
        self.mended.push(path);
    }

    fn note_twice(&mut self, path: Vec<Step>) {
        let Some((Step::Key(key), around)) = path.split_last() else { return };
        let place = yaml::locate_key(self.text, &path, 0);
        let again = yaml::locate_key(self.text, &path, 1);
        let hint = again.map(|again| format!("it stands again in line {}: keep one of the two", again.line));
        self.note(place, around, &format!("{key:?} stands twice in this mapping"), hint);
        self.mended.push(path);
    }

    fn note(&mut self, place: Option<Place>, path: &[Step], message: &str, hint: Option<String>) {
        let message = if path.is_empty() { message.to_owned() } else { told(path, message) };
        self.problems.push(Problem { place, message, hint });
    }
}

/// A message about what stands at a path.
pub(super) fn told(path: &[Step], message: &str) -> String {
    format!("{}: {message}", path_text(path))
}

/// Problems in the order of the file; those outside it come last.
fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| {
        problem.place.map_or((usize::MAX, usize::MAX), |place| (place.line, place.column))
    });
    problems
}

fn below(path: &[Step], key: &str) -> Vec<Step> {
    path.iter().cloned().chain([Step::Key(key.to_owned())]).collect()
}

/// Whether a condition on `path` may be about what was mended at `mended`.
fn rests_on(path: &[Step], mended: &[Step]) -> bool {
    let begins_with =
        |path: &[Step], key: &str| matches!(path.first(), Some(Step::Key(first)) if first == key);
    let elsewhere = |(on, of, depth): &(&str, &str, usize)| {
        begins_with(path, on) && begins_with(mended, of) && mended.len() <= *depth
    };
    path.starts_with(mended) || mended.starts_with(path) || RESTS_ON.iter().any(elsewhere)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("../../scenarios/2021-08-02-seniors.yaml");

    fn problems(text: &str) -> Vec<Problem> {
        match Reading::of(text, &[]) {
            Ok((_, reading)) => reading.with(Vec::new()),
            Err(problems) => problems,
        }
    }

    /// Where each value that is not made of parts begins and ends in a file written as ours are.
    fn scalars(text: &str) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let code = if line.trim_start().starts_with('#') { "" } else { line };
            for (colon, _) in code.match_indices(": ") {
                let value = &code[colon + 2..];
                let ends: &[char] = if code.contains('{') { &[',', '}', '\n'] } else { &['\n'] };
                let end = value.find(ends).unwrap_or(value.len());
                let value = value[..end].trim_end();
                if !value.starts_with(['{', '[']) {
                    found.push((start + colon + 2, start + colon + 2 + value.len()));
                }
            }
            start += line.len();
        }
        found
    }

    fn place_of(text: &str, byte: usize) -> Place {
        let before = &text[..byte];
        let line = before.lines().count().max(1);
        Place { line, column: before.chars().rev().take_while(|letter| *letter != '\n').count() + 1 }
    }

    #[test]
    fn whichever_value_is_wrong_it_is_one_problem_at_its_place() {
        let scalars = scalars(SHIPPED);
        assert!(scalars.len() > 100, "{}", scalars.len());
        for (from, to) in scalars {
            let wrong = format!("{}[[]]{}", &SHIPPED[..from], &SHIPPED[to..]);
            let found = problems(&wrong);
            assert_eq!(found.len(), 1, "{}: {found:#?}", &SHIPPED[from..to]);
            assert_eq!(found[0].place, Some(place_of(SHIPPED, from)), "{found:#?}");
            assert!(
                found[0].message.contains("expected") && found[0].message.contains("found"),
                "{found:#?}"
            );
        }
    }

    #[test]
    fn all_wrong_values_at_once_are_as_many_problems() {
        let mut wrong = SHIPPED.to_owned();
        let scalars = scalars(SHIPPED);
        for (from, to) in scalars.iter().rev() {
            wrong.replace_range(from..to, "[[]]");
        }
        let found = problems(&wrong);
        assert_eq!(found.len(), scalars.len());
        assert!(found.is_sorted_by_key(|problem| problem.place.map(|place| (place.line, place.column))));
    }

    #[test]
    fn what_follows_from_a_mistake_is_not_told_again() {
        for (from, to, said) in [
            ("windows:\n", "windous:\n", "unknown field `windous`"),
            ("  - decay:", "  - decade_of:", "unknown field `decade_of`"),
            ("service: { value: { lognormal:", "service: { value: { gauss:", "unknown field `gauss`"),
            ("kind: fitted, source: B2", "kind: fitted", "a fitted value names the observation"),
            ("poll: { front: 2s, back: 10s }", "poll: 2s", "expected a mapping, found `2s`"),
            ("admit: { value: 280/s", "admit: { valeu: 280/s", "expected a rate such as"),
            ("poll: { front: 2s, back: 10s }", "poll: [2s, 10s]", "expected a mapping, found a list"),
            ("cv: 0.7", "cv: -1", "cv is a standard deviation"),
            ("    admits: [seniors]\n", "", "the key `admits` is missing"),
        ] {
            assert!(SHIPPED.contains(from), "{from}");
            let found = problems(&SHIPPED.replacen(from, to, 1));
            assert_eq!(found.len(), 1, "{found:#?}");
            assert!(found[0].message.contains(said), "{found:#?}");
        }
    }

    #[test]
    fn the_nearest_known_name_is_hinted_at() {
        for (from, to, near) in [
            ("admit: { value: 280/s", "admit: { valeu: 280/s", "value"),
            ("windows:\n", "windous:\n", "windows"),
            ("    identify: {", "    identfy: {", "identify"),
            ("use: booking", "use: bokking", "booking"),
            ("kind: fact", "kind: fakt", "fact"),
        ] {
            let found = problems(&SHIPPED.replacen(from, to, 1));
            assert_eq!(found[0].hint, Some(format!("did you mean `{near}`?")), "{found:#?}");
        }
    }

    #[test]
    fn a_key_without_a_value_is_empty_and_a_number_is_a_text_too() {
        let text = SHIPPED.replacen("name: Seniors 60-74, 2 August 2021", "name: 0x10", 1);
        let text = text.split_once("\nobjectives:").unwrap().0.to_owned() + "\nobjectives:\n";
        let (document, _) = Reading::of(&text, &[]).unwrap();
        assert_eq!((document.name.as_str(), document.objectives.len()), ("0x10", 0));
        let wrong = text.replacen("choices: 5", "choices: many", 1);
        assert_eq!(problems(&wrong).len(), 1, "{:#?}", problems(&wrong));
    }

    #[test]
    fn nothing_at_all_lacks_what_every_scenario_has() {
        let missing: Vec<_> = problems("{}").into_iter().map(|problem| problem.message).collect();
        let keys = ["name", "timezone", "cohorts", "windows", "arrivals"];
        assert_eq!(missing, keys.map(|key| format!("the key `{key}` is missing")));
        for text in ["", "just words", "[1, 2]", "a: [", "\tx: 1", "a: !tag {}"] {
            assert_eq!(problems(text).len(), 1, "{text:?}: {:#?}", problems(text));
        }
    }

    #[test]
    fn after_a_gap_paths_are_still_those_of_the_file() {
        let text = SHIPPED.replacen("arrivals:\n", "arrivals:\n  - nobody\n", 1);
        let (document, reading) = Reading::of(&text, &[]).unwrap();
        assert_eq!(document.arrivals.len(), 3);
        let place = |path: &str| reading.in_file(&yaml::path(path)).map(|path| path_text(&path));
        assert_eq!(place("arrivals[1].decay.tau").as_deref(), Some("arrivals[2].decay.tau"));
        assert_eq!(place("arrivals"), None, "the sum of shares is not what was written");
        assert_eq!(place("objectives[0]").as_deref(), Some("objectives[0]"));
    }
}
