//! The report in Markdown, with links to the pictures beside it.

use super::document::{Block, Column, Document, Section, Style, Table, TableRow, Weight};

/// Sets a document as Markdown.
pub(super) fn render(document: &Document) -> String {
    let verdict = &document.verdict;
    let mut parts = vec![
        format!("# {}", escaped(&document.title)),
        format!("{}. {}", escaped(&document.kind), escaped(&document.subtitle)),
        format!("**{}.** {}", verdict.word, escaped(&verdict.sentence)),
    ];
    parts.extend(verdict.cause.as_deref().map(escaped));
    parts.extend(verdict.cautions.as_deref().map(escaped));
    let figures =
        document.figures.iter().map(|f| format!("- **{}** {}", escaped(&f.value), escaped(&f.label)));
    parts.push(figures.collect::<Vec<_>>().join("\n"));
    parts.extend(document.sections.iter().flat_map(section));
    parts.join("\n\n") + "\n"
}

fn section(section: &Section) -> Vec<String> {
    let heading = format!("## {}", section.title);
    [heading].into_iter().chain(section.blocks.iter().map(block)).collect()
}

fn block(block: &Block) -> String {
    match block {
        Block::Text { text } => escaped(text),
        Block::Table(table) => table_text(table),
        Block::Figure { file, name, caption } => format!("![{name}]({file})\n\n{}", escaped(caption)),
        Block::Caution { text, advice } => format!("- {} {}", escaped(text), escaped(advice)),
    }
}

fn table_text(table: &Table) -> String {
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let rule = |column: &Column| if column.style == Style::Number { "---:" } else { "---" }.to_owned();
    let head = line(table.columns.iter().map(|column| column.label.clone()).collect());
    let rules = line(table.columns.iter().map(rule).collect());
    let rows = table.rows.iter().map(|row| line(cells(row, &table.columns)));
    [head, rules].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn cells(row: &TableRow, columns: &[Column]) -> Vec<String> {
    let set = |(cell, column): (&String, &Column)| match (row.weight, column.style) {
        (_, Style::Code) => code(cell),
        (Weight::Total | Weight::Missed, _) => format!("**{}**", escaped(cell)),
        (Weight::Part, Style::Words) => format!("· {}", escaped(cell)),
        (_, _) => escaped(cell),
    };
    row.cells.iter().zip(columns).map(set).collect()
}

/// A table cell of code; a backtick inside would end it, so such text is set as plain text.
fn code(text: &str) -> String {
    if text.is_empty() || text.contains(['`', '|', '<', '\n']) { escaped(text) } else { format!("`{text}`") }
}

/// Text in which nothing is markup, on one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' => out.extend(['\\', letter]),
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_a_column_for_every_cell() {
        let mut table = Table::new(Style::Code, "step | count");
        table.row(Weight::Plain, ["book".to_owned(), "31,980".to_owned()]);
        table.row(Weight::Total, ["a|b".to_owned(), "1".to_owned()]);
        let text = "| step | count |\n| --- | ---: |\n| `book` | 31,980 |\n| a\\|b | **1** |";
        assert_eq!(table_text(&table), text);
    }

    #[test]
    fn nothing_in_text_is_markup() {
        assert_eq!(escaped("a_b <i> *c*\n# d"), r"a\_b &lt;i> \*c\* \# d");
    }
}
