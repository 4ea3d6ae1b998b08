//! The report as one HTML page that needs nothing else.

use super::document::Document;
use super::messages::Words;
use super::pictures::Picture;
use super::plot;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("report.html.j2");

/// Sets a document as HTML, with the pictures in it.
///
/// # Errors
/// If the template is broken, which the tests would show.
pub(super) fn render(
    document: &Document,
    pictures: &[Picture],
    words: &Words,
) -> Result<String, minijinja::Error> {
    let inline =
        pictures.iter().map(|picture| (picture.file, Value::from_safe_string(plot::inline(&picture.svg))));
    let pictures: BTreeMap<&str, Value> = inline.collect();
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_filter("unbroken", |text: String| unbroken(&text));
    // The name decides that what is filled in is escaped.
    environment.render_named_str(
        "report.html",
        TEMPLATE,
        context! { document => Serde(document), pictures, language => words.code(), swipe => words.swipe() },
    )
}

/// Keeps a number and its unit on one line.
fn unbroken(text: &str) -> String {
    let numeric = |word: &str| word.ends_with(|letter: char| letter.is_ascii_digit());
    let unit = |word: &str| {
        let name = word.trim_end_matches(|letter: char| !letter.is_alphanumeric() && letter != '%');
        ["%", "ms", "s", "m", "h"].contains(&name)
    };
    let mut words = text.split(' ');
    let mut last = words.next().unwrap_or_default();
    let mut out = last.to_owned();
    for word in words {
        let signed = last.ends_with(['≤', '≥']);
        out.push(if signed || numeric(last) && unit(word) { '\u{a0}' } else { ' ' });
        out.push_str(word);
        last = word;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_units() {
        let text = unbroken("seen 0.12 s (≤ 2 s), a margin of 94 %. By 20:16, 5 people");
        assert_eq!(text, "seen 0.12\u{a0}s (≤\u{a0}2\u{a0}s), a margin of 94\u{a0}%. By 20:16, 5 people");
    }
}
