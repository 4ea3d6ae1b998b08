//! People who got nothing in one window and return in a later one that admits them.
//!
//! Returns are not planned arrivals: they belong to the visit's own chain. Whether and when somebody
//! returns is a function of who they are and of the window: a share of those who got nothing come again,
//! spread over the later window as its profiles spread everybody.

use super::{Profile, Span};
use base::draw::Draw;
use base::province::{Province, Regions};
use base::time::{Nanos, Timestamp};
use base::units::Share;

/// Who returns, when.
#[derive(Clone, Debug, Default)]
pub struct Returns {
    /// The share of those who got nothing that returns.
    pub share: Option<Share>,
    /// The profiles, whose shares add up to 1.
    pub profiles: Vec<Profile>,
    /// All windows of the scenario, in order.
    pub windows: Vec<ReturnWindow>,
}

/// A window as far as returns go.
#[derive(Clone, Debug)]
pub struct ReturnWindow {
    /// When it is.
    pub span: Span,
    /// The places of the cohorts that it admits.
    pub cohorts: Vec<u16>,
    /// Where people must live.
    pub regions: Regions,
}

/// A return visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// When it is meant to start.
    pub at: Timestamp,
    /// In which window.
    pub window: u16,
    /// How long the person waits between refreshes while the window is closed.
    pub refresh_every: Nanos,
}

impl Returns {
    /// The window after `window` that admits people of `cohort` who live in `province`.
    fn window_after(&self, window: u16, cohort: u16, province: Province) -> Option<(u16, &ReturnWindow)> {
        let later = self.windows.iter().enumerate().skip(usize::from(window) + 1);
        let mut open = later.filter(|(_, w)| w.cohorts.contains(&cohort) && w.regions.contain(province));
        open.next().map(|(place, window)| (place as u16, window))
    }

    /// The return of somebody who got nothing in `window` by `now`, if they return at all. `draw` is theirs
    /// for that window.
    pub fn after(
        &self,
        window: u16,
        cohort: u16,
        province: Province,
        now: Timestamp,
        draw: Draw,
    ) -> Option<Return> {
        let (come, when) = draw.pair();
        if come >= self.share?.0 {
            return None;
        }
        let (place, next) = self.window_after(window, cohort, province)?;
        let (profile, u) = self.profile(when)?;
        let at = profile.instant(next.span, u).max(now);
        Some(Return { at, window: place, refresh_every: profile.refresh_every() })
    }

    /// The profile in whose share `u` lies, and how far into it.
    fn profile(&self, u: f64) -> Option<(&Profile, f64)> {
        let mut below = 0.0;
        for profile in &self.profiles {
            let share = profile.share().0;
            if u < below + share {
                return Some((profile, (u - below) / share));
            }
            below += share;
        }
        self.profiles.last().map(|last| (last, 1.0))
    }
}
