//! `openrush report`, and rendering for `run` and `simulate`.

use super::args::ReportArgs;
use super::exit::{Exit, Failure};
use super::screen;
use crate::record::folder::Folder;
use crate::report::{self, Language};

pub(super) fn report(args: &ReportArgs) -> Result<Exit, Failure> {
    let folder = Folder::read(&args.folder)?;
    render(&folder, args.lang, |name, contents| {
        let path = args.folder.join(name);
        std::fs::write(&path, contents)
            .map_err(|error| Failure::new(Exit::Usage, format!("{}: {error}", path.display())))
    })?;
    screen::written(&args.folder.join("report.html"))?;
    Ok(Exit::Met)
}

/// Renders everything people see and hands each file to `write`.
pub(super) fn render(
    folder: &Folder,
    language: Language,
    mut write: impl FnMut(&str, &[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let bug = |error| Failure::from_error(Exit::Undecidable, &error);
    for (name, contents) in report::files(folder, language).map_err(bug)? {
        write(&name, contents.as_bytes())?;
        if let Some((name, contents)) = report::png(&name, &contents).map_err(bug)? {
            write(&name, &contents)?;
        }
    }
    Ok(())
}
