//! The line at an opening, in closed form.
//!
//! At the opening, t = 0, D people stand at the door; M more come in a rush with density
//! (M/tau) exp(-t/tau); a steady stream of lambda0 comes beside them; admission runs at mu while anybody
//! waits. With mu' = mu - lambda0 the depth of the line while it is not empty is
//!
//! ```text
//! q(t) = D + M (1 - exp(-t/tau)) - mu' t
//! ```
//!
//! Put r = M / (mu' tau), the overload ratio of the rush, and R = (D + M) / (mu' tau). Then
//!
//! ```text
//! it forms if            D > 0 or r > 1
//! it is longest at       t_p = tau ln r                      if r > 1, else 0
//! when it is             Q = D + mu' tau (r - 1 - ln r)      if r > 1, else D
//! the longest wait is    Q / mu                              first come, first served
//! it is gone at          t_d = tau (R + W0(-r exp(-R)))      W0: principal branch of Lambert's W
//!
//! Derivation: q' = 0 gives t_p; with u = t_d / tau, q(t_d) = 0 reads u = R - r exp(-u), so v = u - R
//! solves v exp(v) = -r exp(-R), and q falls at its root, so v is on W0.
//! ```
//!
//! The model is the classical deterministic fluid of Newell (1968, "Queues with time-dependent arrival
//! rates" I-III).

use crate::arrivals::Profile;
use crate::record::summary::{self, rounded};
use crate::scenario::timeline::{Event, Happening};
use crate::scenario::{Scenario, Window};
use base::time::Nanos;

/// The crowd and the admission rate of one opening; times in seconds from the opening.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opening {
    /// D: people at the door.
    pub at_the_door: f64,
    /// M: people in the rush.
    pub rush: f64,
    /// tau: the e-folding time of the rush, in seconds.
    pub tau_s: f64,
    /// lambda0: people a second beside the rush.
    pub steady_per_s: f64,
    /// mu: admissions a second.
    pub admit_per_s: f64,
}

/// The line that theory expects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The most people in it.
    pub peak: f64,
    /// When.
    pub peak_at_s: f64,
    /// When it is gone; `None` if the steady stream alone is more than is admitted.
    pub drained_at_s: Option<f64>,
    /// The longest wait.
    pub wait_max_s: f64,
}

impl Opening {
    /// The opening of a scenario's window, at the scale of the run, in tickets: whoever has several devices
    /// holds several. `None` if the formula does not describe it: the rush is not one exponential, the slice
    /// begins after the opening, people need not wait, or the admission rate changes while it is open.
    pub fn of(scenario: &Scenario, window: &Window) -> Option<Self> {
        let room = &scenario.reference.waiting_room;
        let place = scenario.windows.iter().position(|other| other == window)?;
        let steady = !scenario.timeline.iter().any(|event| disturbs(event, window));
        if scenario.slice.from > window.opens || !room.enforced || !steady {
            return None;
        }
        let length_s = window.closes.since(window.opens).as_secs_f64();
        let admit_per_s = room.admit.value.scaled(scenario.scale).per_second();
        let (tau_s, nobody) = (f64::NAN, 0.0);
        let mut opening =
            Self { at_the_door: nobody, rush: nobody, tau_s, steady_per_s: nobody, admit_per_s };
        for part in scenario.parts.iter().filter(|part| usize::from(part.window) == place) {
            let devices = part.people.devices.0;
            let people = part.count as f64 * devices;
            match &part.profile {
                // Those who would have come before the slice are not replayed.
                Profile::AtTheDoor(_) => {
                    opening.at_the_door += people - devices * part.expected_by(scenario.slice.from);
                }
                Profile::Constant(_) => opening.steady_per_s += people / length_s,
                Profile::Decay(decay) => {
                    let tau_s = decay.tau.value.as_secs_f64();
                    if !opening.tau_s.is_nan() && opening.tau_s != tau_s {
                        return None;
                    }
                    opening.tau_s = tau_s;
                    // The profile ends with the window, the formula never: M is what an endless rush of
                    // the same rate would bring.
                    opening.rush += people / -libm::expm1(-length_s / tau_s);
                }
                // By the hour of the day: steady at the rate of the hour after the opening.
                Profile::Diurnal(_) => {
                    let hour = Nanos::from_secs(3_600);
                    opening.steady_per_s +=
                        devices * part.expected_by(window.opens + hour) / hour.as_secs_f64();
                }
                // The closed form knows the shapes above; a part of another shape has no say in it
                // only if nobody is in it.
                _ if part.count == 0 => {}
                _ => return None,
            }
        }
        if opening.tau_s.is_nan() {
            opening.tau_s = length_s;
        }
        Some(opening)
    }

    /// The opening that there would be had everybody come in one window; `None` for a scenario with one, or
    /// where the formula does not describe it.
    pub fn in_one_window(scenario: &Scenario) -> Option<Self> {
        let openings = scenario.windows.iter().map(|window| Self::of(scenario, window));
        let openings: Vec<Self> = openings.collect::<Option<_>>()?;
        let (first, others) = openings.split_first().filter(|(_, others)| !others.is_empty())?;
        let alike = others.iter().all(|other| (other.tau_s / first.tau_s - 1.0).abs() < 1e-9);
        let sum = |of: fn(&Self) -> f64| openings.iter().map(of).sum::<f64>();
        alike.then(|| Self {
            at_the_door: sum(|opening| opening.at_the_door),
            rush: sum(|opening| opening.rush),
            steady_per_s: sum(|opening| opening.steady_per_s),
            ..*first
        })
    }

    /// mu': what is left of the admission rate for the door and the rush.
    fn spare(&self) -> f64 {
        self.admit_per_s - self.steady_per_s
    }

    /// r: the arrival rate of the rush at the opening over the spare admission rate.
    pub fn overload(&self) -> f64 {
        self.rush / (self.spare() * self.tau_s)
    }

    /// The line that is expected.
    pub fn line(&self) -> Line {
        let spare = self.spare();
        if spare <= 0.0 {
            let forever = f64::INFINITY;
            return Line { peak: forever, peak_at_s: forever, drained_at_s: None, wait_max_s: forever };
        }
        let r = self.overload();
        let (peak_at_s, above) = if r > 1.0 {
            (self.tau_s * libm::log(r), spare * self.tau_s * (r - 1.0 - libm::log(r)))
        } else {
            (0.0, 0.0)
        };
        let peak = self.at_the_door + above;
        Line { peak, peak_at_s, drained_at_s: self.drained(), wait_max_s: peak / self.admit_per_s }
    }

    fn drained(&self) -> Option<f64> {
        if self.at_the_door <= 0.0 && self.overload() <= 1.0 {
            return Some(0.0);
        }
        let unit = self.spare() * self.tau_s;
        let (r, all) = (self.rush / unit, (self.at_the_door + self.rush) / unit);
        let w = lambert_w::lambert_w0(-r * libm::exp(-all));
        (!w.is_nan()).then_some(self.tau_s * (all + w))
    }

    /// q(t): people in line at `t_s`; none before the opening and after the line is gone.
    pub fn depth(&self, t_s: f64) -> f64 {
        let gone = self.line().drained_at_s.unwrap_or(f64::INFINITY);
        if t_s < 0.0 || t_s >= gone {
            return 0.0;
        }
        let come = self.at_the_door - self.rush * libm::expm1(-t_s / self.tau_s);
        (come - self.spare() * t_s).max(0.0)
    }

    /// The mean session length, in seconds, from which a cap of `cap` sessions would bind before the
    /// admission rate does: the fluid occupancy of the rush peaks at x = M (S/tau)^(tau/(tau-S)).
    /// `None` if no session length up to tau fills the house.
    pub fn session_cap_binds_from_s(&self, cap: f64) -> Option<f64> {
        let peak = |s: f64| {
            let ratio = s / self.tau_s;
            self.rush * libm::exp(libm::log(ratio) / (1.0 - ratio))
        };
        let (mut low, mut high) = (1e-6, self.tau_s * (1.0 - 1e-9));
        if peak(high) < cap {
            return None;
        }
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            if peak(middle) < cap { low = middle } else { high = middle }
        }
        Some(high)
    }
}

/// Whether an event changes how fast people are admitted while the window is open.
fn disturbs(event: &Event, window: &Window) -> bool {
    let admission = matches!(event.what, Happening::Admit(_) | Happening::Service(_));
    admission && event.at < window.closes
}

impl Line {
    /// As it stands in a summary, to nine digits.
    pub fn summary(&self) -> Option<summary::ClosedForm> {
        self.peak.is_finite().then(|| summary::ClosedForm {
            peak: rounded(self.peak),
            peak_at_s: rounded(self.peak_at_s),
            drained_at_s: self.drained_at_s.map(rounded),
            wait_max_s: rounded(self.wait_max_s),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(n: f64, tau_s: f64, admit_per_s: f64, door_share: f64) -> Opening {
        let (at_the_door, rush) = (n * door_share, n * (1.0 - door_share));
        Opening { at_the_door, rush, tau_s, steady_per_s: 0.0, admit_per_s }
    }

    /// Worked numbers, each checked by numeric integration of the fluid.
    #[test]
    fn golden_values() {
        for (case, peak_at, peak, wait, drained) in [
            (opening(1e3, 60.0, 5.0, 0.0), 72.2384, 338.8082, 67.7616, 191.8235),
            (opening(1e3, 60.0, 5.0, 0.3), 50.8379, 445.8106, 89.1621, 194.5288),
            (opening(1e5, 60.0, 555.555_6, 0.0), 65.9167, 30_046.257, 54.0833, 169.2864),
            (opening(1.9e6, 420.0, 2e6 / 3_600.0, 0.0), 880.8, 1_177_334.0, 2_119.2, 3_418.8),
        ] {
            let line = case.line();
            for (seen, expected) in [
                (line.peak_at_s, peak_at),
                (line.peak, peak),
                (line.wait_max_s, wait),
                (line.drained_at_s.unwrap(), drained),
            ] {
                assert!((seen / expected - 1.0).abs() < 1e-4, "{case:?}: {seen} for {expected}");
            }
        }
    }

    #[test]
    fn the_seniors_of_2_august() {
        let opening = Opening {
            at_the_door: 3_083.0,
            rush: 657_696.0,
            tau_s: 3_522.0,
            steady_per_s: 366_871.0 / 2_498_400.0,
            admit_per_s: 280.0,
        };
        let line = opening.line();
        assert_eq!((line.peak, line.peak_at_s), (3_083.0, 0.0));
        assert!((line.wait_max_s - 11.01).abs() < 0.01);
        assert!((line.drained_at_s.unwrap() - 33.0).abs() < 0.5);
        assert_eq!(opening.depth(-1.0), 0.0);
        assert_eq!(opening.depth(0.0), 3_083.0);
        assert_eq!(opening.depth(720.0), 0.0);
        let minutes = opening.session_cap_binds_from_s(60_000.0).unwrap() / 60.0;
        assert!((minutes - 7.1).abs() < 0.1, "{minutes}");
    }

    #[test]
    fn depth_is_zero_where_it_says_it_is_drained() {
        let case = opening(1e3, 60.0, 5.0, 0.3);
        let line = case.line();
        let before = case.depth(line.drained_at_s.unwrap() - 1e-6);
        assert!((0.0..1e-4).contains(&before), "{before}");
        assert!((case.depth(line.peak_at_s) - line.peak).abs() < 1e-9);
    }

    #[test]
    fn without_overload_nobody_waits_and_without_capacity_everybody_does() {
        assert_eq!(opening(1e3, 60.0, 50.0, 0.0).line().drained_at_s, Some(0.0));
        let drowned = Opening { steady_per_s: 6.0, ..opening(1e3, 60.0, 5.0, 0.0) };
        assert_eq!(drowned.line().drained_at_s, None);
        assert_eq!(drowned.line().summary(), None);
    }
}
