//! Reading the scenario that a command names.

use super::args::ScenarioArgs;
use super::exit::{Exit, Failure};
use crate::population::hex_digest;
use crate::scenario::resolve::{self, Choices};
use crate::scenario::yaml::Problem;
use crate::scenario::{Scenario, yaml};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// A scenario as read, with what identifies it.
pub(super) struct Loaded {
    pub(super) scenario: Scenario,
    /// The resolved scenario as it goes into the run folder.
    pub(super) resolved: String,
    /// The hash of that text.
    pub(super) hash: String,
    /// The file.
    pub(super) path: PathBuf,
    /// Its name without its ending.
    pub(super) stem: String,
}

pub(super) fn load(args: &ScenarioArgs, as_replayed: bool) -> Result<Loaded, Failure> {
    load_with(&args.scenario, &args.choices(as_replayed))
}

pub(super) fn load_with(path: &Path, choices: &Choices) -> Result<Loaded, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::Usage, format!("{}: {error}", path.display())).hint("name a scenario file")
    })?;
    let scenario = resolve::scenario(&text, choices).map_err(|problems| Failure {
        exit: Exit::Usage,
        heading: heading(path, problems.len()),
        messages: problems.iter().map(|problem| describe(path, &text, problem)).collect(),
        hint: None,
    })?;
    let resolved = yaml::write(&scenario.resolved);
    let hash = hex_digest(Sha256::new_with_prefix(&resolved));
    let stem = path.file_stem().map_or_else(|| "scenario".into(), |stem| stem.to_string_lossy().into_owned());
    Ok(Loaded { scenario, resolved, hash, path: path.to_owned(), stem })
}

/// How many problems there are, where they are several.
fn heading(path: &Path, problems: usize) -> Option<String> {
    (problems > 1).then(|| format!("{problems} problems in {}", path.display()))
}

/// A problem with file, line, column, the line itself and what to do.
fn describe(path: &Path, text: &str, problem: &Problem) -> String {
    let mut lines = match problem.place {
        None => vec![problem.message.clone()],
        Some(place) => {
            let line = text.lines().nth(place.line - 1).unwrap_or_default();
            let margin = format!("{:>5} │ ", place.line);
            let caret = format!("{:>5} │ {}^", "", " ".repeat(place.column.saturating_sub(1)));
            let head = format!("{}:{}:{}: {}", path.display(), place.line, place.column, problem.message);
            vec![head, format!("{margin}{line}"), caret]
        }
    };
    lines.extend(problem.hint.iter().map(|hint| format!("hint: {hint}")));
    lines.join("\n")
}
