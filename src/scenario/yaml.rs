//! Reading and writing scenarios as YAML: the only module that knows the YAML crate.
//!
//! Every problem carries the line and column of what is wrong. A type error has its place from the
//! parser; a problem found later is given a place by [`locate`], which walks the file to a path.

use super::document::Document;
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
    let names = rest.split('`').skip(1).step_by(2);
    let near = names.map(|name| (strsim::jaro_winkler(found, name), name)).filter(|(near, _)| *near > 0.7);
    let (_, name) = near.max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(format!("did you mean `{name}`?"))
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
    (0..=path.len()).rev().find_map(|length| {
        let walk = Walk { path: &path[..length] };
        let found = walk.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
        let here = found.to_string().contains(FOUND);
        let place = found.location().filter(|_| here)?;
        Some(Place { line: place.line(), column: place.column() })
    })
}

const FOUND: &str = "openrush found the place";

/// Walks to a path and fails there on purpose: the error carries the place.
#[derive(Clone, Copy)]
struct Walk<'p> {
    path: &'p [Step],
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
        while let Some(key) = map.next_key::<String>()? {
            if key == *wanted {
                return map.next_value_seed(Walk { path: rest });
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Some((Step::Item(wanted), rest)) = self.path.split_first() else {
            return Err(A::Error::custom(FOUND));
        };
        for _ in 0..*wanted {
            list.next_element::<IgnoredAny>()?;
        }
        list.next_element_seed(Walk { path: rest }).map(|_| ())
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
        }
    }
}
