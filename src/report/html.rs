//! The report as one HTML page that needs nothing else.

use super::document::Document;
use super::{plot, words};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use std::collections::BTreeMap;

const TEMPLATE: &str = include_str!("report.html.j2");

/// Sets a document as HTML, with the pictures (file name, SVG) in it.
///
/// # Errors
/// If the template is broken, which the tests would show.
pub(super) fn render(document: &Document, pictures: &[(&str, String)]) -> Result<String, minijinja::Error> {
    let inline = pictures.iter().map(|(name, svg)| (*name, Value::from_safe_string(plot::inline(svg))));
    let pictures: BTreeMap<&str, Value> = inline.collect();
    let mut environment = Environment::new();
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    // The name decides that what is filled in is escaped.
    environment.render_named_str(
        "report.html",
        TEMPLATE,
        context! { document => Serde(document), pictures, language => words::LANGUAGE },
    )
}
