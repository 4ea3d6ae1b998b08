//! Reading and writing scenarios as YAML: the only module that knows the YAML crate.
//!
//! Every problem carries the line and column of what is wrong. An error of syntax has its place from the
//! parser; what is found later is given a place by [`locate`], which walks the file to a path.

use super::document::Document;
use super::tree::{self, Node};
use base::written::HINT_MARK;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Something wrong in a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line and column, counted from 1; none for a problem outside the file, as in `--set`.
    pub place: Option<Place>,
    /// What was found and what was expected.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A place in a file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// One step of a path into the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into the value of this key.
    Key(String),
    /// Into this item of a list.
    Item(usize),
}

/// A path such as `windows[0].opens`, as steps.
pub fn path(text: &str) -> Vec<Step> {
    let keys = text.split(['.', '[']).filter(|part| !part.is_empty());
    let step = |part: &str| match part.strip_suffix(']').and_then(|item| item.parse().ok()) {
        Some(item) => Step::Item(item),
        None => Step::Key(part.to_owned()),
    };
    keys.map(step).collect()
}

/// Steps as a path such as `windows[0].opens`; empty for the whole document.
pub fn path_text(steps: &[Step]) -> String {
    let text: String = steps.iter().map(ToString::to_string).collect();
    text.strip_prefix('.').map(str::to_owned).unwrap_or(text)
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, ".{key}"),
            Self::Item(item) => write!(f, "[{item}]"),
        }
    }
}

/// Reads a document.
///
/// # Errors
/// The first thing that is not as it should be, with its place.
pub fn read(text: &str) -> Result<Document, Problem> {
    serde_yaml::from_str(text).map_err(|error| problem(&error))
}

/// Reads a document with values replaced, each given as `path=value`.
///
/// # Errors
/// What is wrong with the file, or with one of the replacements.
pub fn read_with(text: &str, replacements: &[String]) -> Result<Document, Problem> {
    let document = read(text)?;
    if replacements.is_empty() {
        return Ok(document);
    }
    let mut value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| problem(&error))?;
    for replacement in replacements {
        replace(&mut value, replacement)
            .map_err(|message| outside(&format!("--set {replacement}: {message}")))?;
    }
    serde_yaml::from_value(value).map_err(|error| {
        let found = problem(&error);
        Problem {
            place: None,
            message: format!("with --set {}: {}", replacements.join(" --set "), found.message),
            ..found
        }
    })
}

/// Reads whatever a file has.
///
/// # Errors
/// What keeps the file from being YAML.
pub(super) fn tree(text: &str) -> Result<Node, Problem> {
    serde_yaml::from_str(text).map_err(|error| problem(&error))
}

/// Writes a document.
///
/// # Panics
/// Never: every document can be written.
pub fn write(document: &Document) -> String {
    serde_yaml::to_string(document).expect("a document is plain data")
}

fn outside(message: &str) -> Problem {
    Problem { place: None, message: message.to_owned(), hint: None }
}

fn problem(error: &serde_yaml::Error) -> Problem {
    let place = error.location().map(|place| Place { line: place.line(), column: place.column() });
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let (message, hint) = match text.split_once(HINT_MARK) {
        Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
        None => (text.to_owned(), nearest_field(text)),
    };
    Problem { place, message, hint }
}

/// The nearest of the names that a message about an unknown field says were expected.
fn nearest_field(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("unknown field `")?;
    let (found, rest) = rest.split_once('`')?;
    let names: Vec<_> = rest.split('`').skip(1).step_by(2).collect();
    tree::did_you_mean(found, &names)
}

fn replace(value: &mut serde_yaml::Value, replacement: &str) -> Result<(), String> {
    let (target, new) = replacement.split_once('=').ok_or("expected path=value")?;
    let new = serde_yaml::from_str(new).map_err(|error| error.to_string())?;
    let mut steps = path(target);
    let last = steps.pop().ok_or("expected path=value")?;
    let parent = steps.iter().try_fold(value, |place, step| enter(place, step))?;
    *enter(parent, &last)? = new;
    // What the command line says is not what the source said.
    if last == Step::Key("value".to_owned()) && parent.get("kind").is_some() {
        *enter(parent, &Step::Key("kind".to_owned()))? = "assumption".into();
        *enter(parent, &Step::Key("source".to_owned()))? = "--set".into();
    }
    Ok(())
}

/// Goes one step into a document; a key that is not there is made.
fn enter<'v>(place: &'v mut serde_yaml::Value, step: &Step) -> Result<&'v mut serde_yaml::Value, String> {
    match step {
        Step::Key(key) => {
            if !place.is_mapping() {
                *place = serde_yaml::Value::Mapping(serde_yaml::Mapping::new());
            }
            let map = place.as_mapping_mut().ok_or("not a mapping")?;
            Ok(map.entry(key.as_str().into()).or_insert(serde_yaml::Value::Null))
        }
        Step::Item(item) => place.get_mut(*item).ok_or_else(|| format!("there is no item {item}")),
    }
}

/// The place of the value at `path`, or of the nearest thing above it that the file has.
pub fn locate(text: &str, path: &[Step]) -> Option<Place> {
    (0..=path.len()).rev().find_map(|length| walk(text, Walk { path: &path[..length], aim: Aim::Value }))
}

/// The place of the key that ends `path`, where it stands for the `nth` time, counted from 0.
pub(super) fn locate_key(text: &str, path: &[Step], nth: usize) -> Option<Place> {
    walk(text, Walk { path, aim: Aim::Key { nth } })
}

fn walk(text: &str, walk: Walk<'_>) -> Option<Place> {
    let found = walk.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
    let here = found.to_string().contains(FOUND);
    let place = found.location().filter(|_| here)?;
    Some(Place { line: place.line(), column: place.column() })
}

const FOUND: &str = "openrush found the place";

/// What of the end of a path is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    Value,
    Key { nth: usize },
}

/// Walks to a path and fails there on purpose: the error carries the place.
#[derive(Clone, Copy)]
struct Walk<'p> {
    path: &'p [Step],
    aim: Aim,
}

/// Says whether a key is the wanted one, and fails there if it is what the walk was for.
struct Look<'p> {
    wanted: &'p str,
    stop: bool,
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = bool;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Look<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<bool, E> {
        if self.stop && key == self.wanted { Err(E::custom(FOUND)) } else { Ok(key == self.wanted) }
    }
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FOUND)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((Step::Key(wanted), rest)) = self.path.split_first() else {
            return Err(A::Error::custom(FOUND));
        };
        let mut seen = 0;
        loop {
            let stop = rest.is_empty() && self.aim == Aim::Key { nth: seen };
            let Some(is_wanted) = map.next_key_seed(Look { wanted, stop })? else { return Ok(()) };
            if is_wanted && (!rest.is_empty() || self.aim == Aim::Value) {
                return map.next_value_seed(Walk { path: rest, ..self });
            }
            seen += usize::from(is_wanted);
            map.next_value::<IgnoredAny>()?;
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some((Step::Item(wanted), rest)) = self.path.split_first() else {
            return Err(A::Error::custom(FOUND));
        };
        for _ in 0..*wanted {
            list.next_element::<IgnoredAny>()?;
        }
        list.next_element_seed(Walk { path: rest, ..self }).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "name: x\nwindows:\n  - { name: a, opens: now }\n  - name: b\n    opens: later\n";

    #[test]
    fn a_value_set_from_outside_loses_its_source() {
        let mut value: serde_yaml::Value =
            serde_yaml::from_str("a: { value: 1, kind: fact, source: S1 }\nlist: [x, y]\n").unwrap();
        replace(&mut value, "a.value=2").unwrap();
        replace(&mut value, "list[1]=z").unwrap();
        replace(&mut value, "new.deep=true").unwrap();
        let text = serde_yaml::to_string(&value).unwrap();
        assert_eq!(
            text,
            "a:\n  value: 2\n  kind: assumption\n  source: --set\nlist:\n- x\n- z\nnew:\n  deep: true\n"
        );
        assert!(replace(&mut value, "list[7]=z").is_err() && replace(&mut value, "nothing").is_err());
    }

    #[test]
    fn locates_what_a_path_names() {
        for (named, line, column) in [
            ("name", 1, 7),
            ("windows", 3, 3),
            ("windows[0].opens", 3, 23),
            ("windows[1].opens", 5, 12),
            ("windows[1].missing", 4, 5),
            ("nothing.at.all", 1, 1),
        ] {
            assert_eq!(locate(TEXT, &path(named)), Some(Place { line, column }), "{named}");
            assert_eq!(path_text(&path(named)), named);
        }
    }

    #[test]
    fn locates_keys_too() {
        let again = "a: { b: 1, b: 2 }\n";
        for (text, named, nth, place) in [
            (TEXT, "windows[1].opens", 0, Some((5, 5))),
            (TEXT, "windows", 0, Some((2, 1))),
            (again, "a.b", 0, Some((1, 6))),
            (again, "a.b", 1, Some((1, 12))),
            (again, "a.b", 2, None),
            (again, "a.c", 0, None),
        ] {
            let place = place.map(|(line, column)| Place { line, column });
            assert_eq!(locate_key(text, &path(named), nth), place, "{named} {nth}");
        }
    }
}
