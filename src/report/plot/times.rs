//! What stands on every time axis: the windows, and what happened to the service.

use crate::report::run::Run;

/// Windows and happenings, in seconds from the opening.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Times {
    /// When booking was open.
    pub(super) windows: Vec<Window>,
    /// When each entry of the timeline happened.
    pub(super) happenings: Vec<f64>,
}

/// An interval in which booking was open.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Window {
    pub(super) opens: f64,
    pub(super) closes: f64,
    /// Its name, with the times.
    pub(super) name: String,
    /// What is said of its opening.
    pub(super) opening: String,
    /// What is said of its closing.
    pub(super) closing: String,
}

impl Times {
    /// Those of a run. A folder that names no windows has the one that opens at zero.
    pub(super) fn of(run: &Run) -> Self {
        let (manifest, clock) = (run.manifest(), &run.clock);
        let happenings = manifest.timeline.iter().map(|happening| clock.seconds(happening.at_ns)).collect();
        let window = |name: &str, opens: f64, closes: f64| {
            let (from, until) = (clock.short(opens), clock.short(closes));
            Window {
                opens,
                closes,
                name: run.words.window(name, &from, &until),
                opening: run.words.opens(from),
                closing: run.words.closes(until),
            }
        };
        let seconds = |at_ns: i64| clock.seconds(at_ns);
        let named = manifest.windows.iter();
        let mut windows: Vec<Window> = named
            .map(|named| window(&named.name, seconds(named.opens_ns), seconds(named.closes_ns)))
            .collect();
        if windows.is_empty() {
            windows.push(window("", 0.0, seconds(manifest.time.until_ns) + 1.0));
        }
        Self { windows, happenings }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;
    use crate::record::manifest::{Happening, HappeningKind, Window as Written};
    use crate::report::messages::Language;

    #[test]
    fn several_windows_are_told_apart_by_name() {
        let mut folder = sample::folder();
        let opens_ns = folder.manifest.time.opens_ns;
        let minute = 60_000_000_000;
        folder.manifest.windows.push(Written {
            name: "second".to_owned(),
            opens_ns: opens_ns + 10 * minute,
            closes_ns: opens_ns + 12 * minute,
        });
        folder.manifest.timeline.push(Happening {
            at_ns: opens_ns + minute,
            text: "service suspended".to_owned(),
            kind: HappeningKind::Planned,
        });
        let times = Times::of(&Run::of(&folder, Language::English).unwrap());
        assert_eq!(times.windows[1].name, "second, 20:10 to 20:12");
        assert_eq!((times.windows[1].opens, times.windows[1].closes), (600.0, 720.0));
        assert_eq!(times.happenings, [60.0]);
    }

    #[test]
    fn a_folder_without_windows_opens_at_zero() {
        let mut folder = sample::folder();
        folder.manifest.windows.clear();
        let times = Times::of(&Run::of(&folder, Language::English).unwrap());
        assert_eq!(times.windows.len(), 1);
        assert_eq!((times.windows[0].opens, times.windows[0].opening.as_str()), (0.0, "opens 20:00"));
    }
}
