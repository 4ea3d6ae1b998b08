//! What is committed tells the truth: samples render to what they show, shipped scenarios are valid, and
//! the README says what works.

use crate::support::scenarios;
use openrush::record::folder::Folder;
use openrush::report::{self, Language};
use openrush::scenario::resolve::{self, Choices};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn samples_render_to_what_is_committed() {
    let samples: Vec<PathBuf> =
        fs::read_dir(root().join("reports/samples")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!samples.is_empty());
    for sample in samples {
        let folder = Folder::read(&sample).unwrap();
        for (name, contents) in report::files(&folder, Language::English).unwrap() {
            let committed = fs::read_to_string(sample.join(&name)).unwrap();
            // `openrush report` on the folder writes the files anew.
            assert!(contents == committed, "{} of {} is out of date", name, sample.display());
        }
    }
}

#[test]
fn every_shipped_scenario_resolves_at_full_size_and_as_replayed() {
    for entry in fs::read_dir(scenarios()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for as_replayed in [false, true] {
            let scenario = resolve::scenario(&text, &Choices { as_replayed, ..Choices::default() });
            let scenario = scenario.unwrap_or_else(|problems| panic!("{}: {problems:#?}", path.display()));
            assert!(!scenario.objectives.is_empty(), "{} is judged", path.display());
        }
    }
}

/// The links of a Markdown file that point into the project.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.filter(|target| !target.starts_with("http") && !target.starts_with('#'));
    targets.map(str::to_owned).collect()
}

#[test]
fn documents_link_to_what_is_there() {
    for name in ["README.md", "CONTRIBUTING.md", "docs/ARCHITECTURE.md", "docs/METHOD.md", "docs/SCENARIO.md"]
    {
        let path = root().join(name);
        for link in links(&fs::read_to_string(&path).unwrap()) {
            let target = path.parent().unwrap_or(Path::new("")).join(&link);
            assert!(target.exists(), "{name} links to {link}");
        }
    }
}

#[test]
fn the_readme_names_the_two_commands_that_ci_and_people_use() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(
        readme.contains("\ncargo run --release -- run scenarios/2021-08-02-seniors.yaml\ncargo xtask test\n")
    );
    assert!(fs::read_to_string(root().join(".ci/run")).unwrap().contains("\ncargo xtask test\n"));
}
