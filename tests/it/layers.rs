//! The layers of the house, as data: each module uses only those before it in the table.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules in order of layer; a module may use itself and what stands before it.
const LAYERS: [&str; 12] = [
    "objective",
    "population",
    "journey",
    "arrivals",
    "scenario",
    "record",
    "clock",
    "target",
    "exec",
    "analysis",
    "report",
    "cli",
];

/// Words that only some places may contain: the word, the places, and why.
const ABSENCES: [(&str, &[&str], &str); 4] = [
    ("serde_yaml", &["scenario/yaml.rs"], "only one module knows the YAML crate"),
    ("tokio::", &["clock/", "target/", "exec/live/", "cli/"], "only live parts know the runtime"),
    ("println!", &["cli/"], "nothing prints but `cli`"),
    ("std::env::", &["cli/"], "settings come in through `cli`"),
];

/// The source of `src/`, by path from there.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    files.sort();
    files
}

/// The top module that a file belongs to; none for `lib.rs` and `main.rs`.
fn module_of(path: &Path) -> Option<String> {
    let first = path.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (!["lib", "main"].contains(&name)).then(|| name.to_owned())
}

/// Every edge of `text`, which stands in `module`, that runs against the table.
fn wrong_edges(module: &str, text: &str) -> Vec<String> {
    let rank = |name: &str| LAYERS.iter().position(|layer| *layer == name);
    let Some(own) = rank(module) else { return vec![format!("{module} is not in the table of layers")] };
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n");
    let after = ["crate::", "super::super::"].iter().flat_map(|root| code.split(root).skip(1));
    let names: Vec<&str> = after.flat_map(first_names).collect();
    let wrong = names.into_iter().filter(|name| rank(name).is_some_and(|other| other > own));
    wrong.map(|name| format!("{module} uses {name}, which stands below it")).collect()
}

/// The first name of each path that follows a root: of `a::b` it is `a`, of `{a::b, c}` they are `a` and `c`.
fn first_names(rest: &str) -> Vec<&str> {
    let word = |text: &str| text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let Some(group) = rest.strip_prefix('{') else { return vec![&rest[..word(rest)]] };
    let (mut depth, mut names, mut begins) = (0, Vec::new(), true);
    for (place, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if begins && depth == 0 && letter.is_alphanumeric() => {
                names.push(&group[place..place + word(&group[place..])]);
                begins = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn every_edge_runs_downwards() {
    let files = sources();
    assert!(files.len() > 40, "the sources were found");
    for (path, text) in files {
        if let Some(module) = module_of(&path) {
            assert_eq!(wrong_edges(&module, &text), Vec::<String>::new(), "{}", path.display());
        }
    }
}

#[test]
fn an_edge_drawn_the_wrong_way_is_found() {
    let found = wrong_edges("journey", "use crate::exec::sim;\nuse crate::objective::Path;\n");
    assert_eq!(found, ["journey uses exec, which stands below it"]);
    assert_eq!(wrong_edges("journey", "let x = crate::cli::Exit::Met;").len(), 1);
    assert_eq!(wrong_edges("journey", "// see crate::exec\n"), Vec::<String>::new());
    let grouped = "use crate::{\n    objective::{Path, names},\n    exec::{sim, live},\n    cli,\n};";
    assert_eq!(wrong_edges("journey", grouped).len(), 2, "in groups too");
    assert_eq!(wrong_edges("journey", "use super::super::report;").len(), 1, "and by way of the parents");
    assert_eq!(wrong_edges("cellar", ""), ["cellar is not in the table of layers"]);
}

#[test]
fn the_two_clocks_do_not_use_each_other() {
    for (path, text) in sources() {
        let path = path.display().to_string();
        if path.starts_with("exec/sim") {
            assert!(!text.contains("exec::live") && !text.contains("async fn"), "{path}");
        }
        if path.starts_with("exec/live") {
            assert!(!text.contains("exec::sim"), "{path}");
        }
    }
}

#[test]
fn what_is_absent_stays_absent() {
    for (path, text) in sources() {
        let path = path.display().to_string();
        for (word, places, why) in ABSENCES {
            let allowed = places.iter().any(|place| path.starts_with(place));
            assert!(allowed || !text.contains(word), "{path} contains `{word}`: {why}");
        }
    }
}

#[test]
fn the_server_does_not_know_the_generator() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for manifest in ["base/Cargo.toml", "reference-server/Cargo.toml"] {
        assert!(!fs::read_to_string(root.join(manifest)).unwrap().contains("openrush"), "{manifest}");
    }
}
