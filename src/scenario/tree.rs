//! A file as a tree that can be read again and again, each time with something wrong taken out.
//!
//! What a [`Node`] cannot be read as is told by a [`Fault`]: where, and what kind of mistake it is. Paths are
//! those of the file, also after items have been taken out or keys have been read under another name.

use super::yaml::Step;
use base::written::HINT_MARK;
use serde::de::value::StrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::forward_to_deserialize_any;
use std::fmt::{self, Display};
use std::slice;

/// A value of a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number of at least 0.
    Whole(u64),
    /// A whole number below 0.
    Negative(i64),
    /// A number with a decimal part.
    Decimal(f64),
    /// Anything else that is not made of parts.
    Text(String),
    /// A list; items that were taken out leave a gap.
    List(Vec<Option<Node>>),
    /// A mapping, in the order of the file.
    Map(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    /// The key in the file.
    pub(super) written: String,
    /// The key that is read: another one where the file has it misspelt.
    pub(super) name: String,
    /// Whether the file has the key again further down.
    pub(super) twice: bool,
    /// The value; none once it has been taken out.
    pub(super) value: Option<Node>,
}

impl Entry {
    /// An entry as the file has it.
    pub(super) fn new(key: String, value: Node) -> Self {
        Self { name: key.clone(), written: key, twice: false, value: Some(value) }
    }
}

impl Node {
    /// The place in the tree where the value at `path` stands or has stood.
    pub(super) fn slot<'t>(root: &'t mut Option<Self>, path: &[Step]) -> Option<&'t mut Option<Self>> {
        path.iter().try_fold(root, |slot, step| match (slot.as_mut()?, step) {
            (Self::List(items), Step::Item(item)) => items.get_mut(*item),
            (Self::Map(entries), Step::Key(key)) => {
                entries.iter_mut().find(|entry| entry.written == *key).map(|entry| &mut entry.value)
            }
            _ => None,
        })
    }

    /// The entries of the mapping at `path`, if there is one.
    pub(super) fn entries<'t>(root: &'t mut Option<Self>, path: &[Step]) -> Option<&'t mut Vec<Entry>> {
        match Self::slot(root, path)? {
            Some(Self::Map(entries)) => Some(entries),
            _ => None,
        }
    }

    /// The path in the file of what a document read from this tree has at `path`.
    pub(super) fn in_file(root: Option<&Self>, path: &[Step]) -> Vec<Step> {
        let mut place = root;
        let step_in_file = |step: &Step| {
            let (step, inner) = match (place, step) {
                (Some(Self::List(items)), Step::Item(item)) => {
                    let kept = items.iter().enumerate().filter(|(_, item)| item.is_some());
                    let found = kept.map(|(place, item)| (Step::Item(place), item.as_ref())).nth(*item);
                    found.unwrap_or((step.clone(), None))
                }
                (Some(Self::Map(entries)), Step::Key(key)) => {
                    let mut kept = entries.iter().filter(|entry| entry.value.is_some());
                    let found = kept.find(|entry| entry.name == *key);
                    found.map_or((step.clone(), None), |entry| {
                        (Step::Key(entry.written.clone()), entry.value.as_ref())
                    })
                }
                _ => (step.clone(), None),
            };
            place = inner;
            step
        };
        path.iter().map(step_in_file).collect()
    }

    /// The paths of all keys that stand twice in their mapping.
    pub(super) fn twice(&self) -> Vec<Vec<Step>> {
        let mut found = Vec::new();
        self.collect_twice(&mut Vec::new(), &mut found);
        found
    }

    fn collect_twice(&self, path: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
        let parts: Vec<(Step, bool, Option<&Self>)> = match self {
            Self::List(items) => items
                .iter()
                .enumerate()
                .map(|(place, item)| (Step::Item(place), false, item.as_ref()))
                .collect(),
            Self::Map(entries) => entries
                .iter()
                .map(|entry| (Step::Key(entry.written.clone()), entry.twice, entry.value.as_ref()))
                .collect(),
            _ => return,
        };
        for (step, twice, inner) in parts {
            path.push(step);
            found.extend(twice.then(|| path.clone()));
            if let Some(inner) = inner {
                inner.collect_twice(path, found);
            }
            path.pop();
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Plant)
    }
}

/// Makes a tree of whatever a file has.
struct Plant;

impl<'de> Visitor<'de> for Plant {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, a list or a mapping")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Node, E> {
        Ok(Node::Bool(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Whole(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(u64::try_from(number).map_or(Node::Negative(number), Node::Whole))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Node, E> {
        Ok(Node::Text(number.to_string()))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Node, E> {
        Ok(Node::Text(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Decimal(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(Some(item));
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries: Vec<Entry> = Vec::new();
        while let Some((key, value)) = map.next_entry::<String, Node>()? {
            match entries.iter_mut().find(|entry| entry.written == key) {
                Some(first) => first.twice = true,
                None => entries.push(Entry::new(key, value)),
            }
        }
        Ok(Node::Map(entries))
    }
}

/// Why a tree is not what it should be.
#[derive(Debug)]
pub(super) struct Fault {
    /// The steps to the node, the last one first.
    upwards: Vec<Step>,
    /// Whether the last key of the path is wrong, not its value.
    pub(super) of_key: bool,
    /// The mistake.
    pub(super) what: What,
}

/// The kinds of mistake.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A mapping has a key that nobody asked for.
    UnknownKey {
        /// The key.
        found: String,
        /// The keys there are.
        known: &'static [&'static str],
    },
    /// A mapping lacks a key.
    MissingKey(&'static str),
    /// A value, or a key that is a value, is not of the form it should have.
    Value {
        /// What was expected, and what was found.
        message: String,
        /// What to do about it.
        hint: Option<String>,
    },
}

impl Fault {
    fn new(what: What) -> Self {
        Self { upwards: Vec::new(), of_key: false, what }
    }

    /// A key that nobody asked for.
    pub(super) fn unknown(found: &str, known: &'static [&'static str]) -> Self {
        Self::new(What::UnknownKey { found: found.to_owned(), known })
    }

    fn value(message: String, hint: Option<String>) -> Self {
        Self::new(What::Value { message, hint })
    }

    /// The path of the node that is wrong.
    pub(super) fn path(&self) -> Vec<Step> {
        self.upwards.iter().rev().cloned().collect()
    }

    fn under(mut self, step: Step) -> Self {
        self.upwards.push(step);
        self
    }

    /// Of a key that is a value itself, such as the name of a step. An unknown key of a fixed set is the
    /// mapping's fault.
    fn of_key(mut self, key: &str) -> Self {
        if let What::Value { .. } = self.what {
            self.of_key = true;
            return self.under(Step::Key(key.to_owned()));
        }
        self
    }
}

/// The nearest of some names, if one is near.
pub(super) fn nearest<'n>(found: &str, names: &[&'n str]) -> Option<&'n str> {
    let near = names.iter().map(|name| (strsim::jaro_winkler(found, name), *name));
    near.filter(|(near, _)| *near > 0.7).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

/// The hint that names the nearest of some names.
pub(super) fn did_you_mean(found: &str, names: &[&str]) -> Option<String> {
    nearest(found, names).map(|name| format!("did you mean `{name}`?"))
}

/// Names as a message lists them.
pub(super) fn listed(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// What was expected, in words that do not need to know the program.
fn plain(expected: &str) -> &str {
    match expected {
        "a map" => "a mapping",
        "a sequence" => "a list",
        "a string" => "a text",
        "a boolean" => "`true` or `false`",
        "f32" | "f64" => "a number",
        "u8" => "a whole number between 0 and 255",
        "u16" | "u32" | "u64" | "usize" => "a whole number of at least 0",
        structure if structure.starts_with("struct ") => "a mapping",
        other => other,
    }
}

/// What stands there, as a message says it.
fn described(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Unit => "nothing".into(),
        Unexpected::Bool(truth) => format!("`{truth}`"),
        Unexpected::Unsigned(number) => format!("the number `{number}`"),
        Unexpected::Signed(number) => format!("the number `{number}`"),
        Unexpected::Float(number) => format!("the number `{number}`"),
        Unexpected::Str(text) => format!("`{text}`"),
        Unexpected::Map => "a mapping".into(),
        Unexpected::Seq => "a list".into(),
        other => other.to_string(),
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            What::UnknownKey { found, known } => {
                write!(f, "unknown field `{found}`, expected one of {}", listed(known))
            }
            What::MissingKey(key) => write!(f, "the key `{key}` is missing"),
            What::Value { message, .. } => f.write_str(message),
        }
    }
}

impl std::error::Error for Fault {}

impl serde::de::Error for Fault {
    fn custom<T: Display>(message: T) -> Self {
        let text = message.to_string();
        match text.split_once(HINT_MARK) {
            Some((message, hint)) => Self::value(message.to_owned(), Some(hint.to_owned())),
            None => Self::value(text, None),
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::value(format!("expected {}, found {}", plain(&expected.to_string()), described(found)), None)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Self {
        Self::value(format!("expected one of {}, found `{found}`", listed(known)), did_you_mean(found, known))
    }

    fn unknown_field(found: &str, known: &'static [&'static str]) -> Self {
        Self::unknown(found, known)
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(What::MissingKey(key))
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Node::Null => visitor.visit_unit(),
            Node::Bool(truth) => visitor.visit_bool(*truth),
            Node::Whole(number) => visitor.visit_u64(*number),
            Node::Negative(number) => visitor.visit_i64(*number),
            Node::Decimal(number) => visitor.visit_f64(*number),
            Node::Text(text) => visitor.visit_str(text),
            Node::List(items) => visitor.visit_seq(Items { items: items.iter().enumerate() }),
            Node::Map(entries) => visitor.visit_map(Fields { entries: entries.iter(), current: None }),
        }
    }

    /// A plain scalar is also a text: `name: 2021` names a scenario.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Node::Bool(truth) => visitor.visit_string(truth.to_string()),
            Node::Whole(number) => visitor.visit_string(number.to_string()),
            Node::Negative(number) => visitor.visit_string(number.to_string()),
            Node::Decimal(number) => visitor.visit_string(number.to_string()),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Node::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    /// A key without a value is an empty list, as it is for the YAML crate.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Node::Null => visitor.visit_seq(Items { items: [].iter().enumerate() }),
            other => other.deserialize_any(visitor),
        }
    }

    /// The same for a mapping.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self {
            Node::Null => visitor.visit_map(Fields { entries: [].iter(), current: None }),
            other => other.deserialize_any(visitor),
        }
    }

    /// Values without their keys are refused: nobody could read them.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self {
            Node::List(_) => Err(serde::de::Error::invalid_type(Unexpected::Seq, &"a mapping")),
            other => other.deserialize_map(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self {
            Node::Text(text) => {
                let name: StrDeserializer<'_, Fault> = text.as_str().into_deserializer();
                visitor.visit_enum(name)
            }
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple
        tuple_struct identifier
    }
}

/// The items of a list that have not been taken out.
struct Items<'t> {
    items: std::iter::Enumerate<slice::Iter<'t, Option<Node>>>,
}

impl<'t> SeqAccess<'t> for Items<'t> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((place, item)) = self.items.find_map(|(place, item)| Some((place, item.as_ref()?))) else {
            return Ok(None);
        };
        seed.deserialize(item).map(Some).map_err(|fault| fault.under(Step::Item(place)))
    }
}

/// The entries of a mapping that have not been taken out.
struct Fields<'t> {
    entries: slice::Iter<'t, Entry>,
    /// The key and value of the entry whose value comes next.
    current: Option<(&'t str, &'t Node)>,
}

impl<'t> MapAccess<'t> for Fields<'t> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((entry, value)) = self.entries.find_map(|entry| Some((entry, entry.value.as_ref()?))) else {
            return Ok(None);
        };
        self.current = Some((&entry.written, value));
        let name: StrDeserializer<'_, Fault> = entry.name.as_str().into_deserializer();
        seed.deserialize(name).map(Some).map_err(|fault| fault.of_key(&entry.written))
    }

    fn next_value_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let (key, value) = self.current.take().expect("a value is asked for after its key");
        seed.deserialize(value).map_err(|fault| fault.under(Step::Key(key.to_owned())))
    }
}
