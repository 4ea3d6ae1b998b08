//! What a machine can be asked to drive.

use super::exit::{Exit, Failure};
use crate::arrivals::Profile;
use crate::journey::{Growth, Habits};
use crate::report::format::count;
use crate::scenario::Scenario;
use base::time::Nanos;
use base::units::Rate;

/// Requests a second, in wall time, if everybody who can be there at once loads pages again as often as
/// people do: those at the door every so often, and, where slow or failing pages are loaded again, everybody.
///
/// people × devices × speed / refresh interval, of the crowd as replayed.
pub(super) fn refresh_requests_per_s(scenario: &Scenario) -> f64 {
    let speed = scenario.speed.factor();
    let slice = scenario.slice;
    let here = |part: &crate::arrivals::PlannedPart| {
        let people = part.expected_by(slice.until) - part.expected_by(slice.from);
        people * part.people.devices.0
    };
    let doors = scenario.parts.iter().filter(|part| matches!(part.profile, Profile::AtTheDoor(_)));
    let door: f64 = doors.map(|part| here(part) / part.profile.refresh_every().as_secs_f64()).sum();
    let slow = again_every_s(&scenario.journey.habits)
        .map_or(0.0, |seconds| scenario.parts.iter().map(here).sum::<f64>() / seconds);
    door.max(slow) * speed
}

/// How often people load a slow page again, or click again at a failing one without ever slowing down.
fn again_every_s(habits: &Habits) -> Option<f64> {
    let clicks = (habits.growth == Growth::Constant && habits.retries > 0).then_some(habits.backoff);
    let again = [habits.refresh_after, clicks].into_iter().flatten().min();
    again.map(Nanos::as_secs_f64).filter(|seconds| *seconds > 0.0)
}

/// Refuses a replay whose refreshing crowd alone would ask for more than `ceiling`.
pub(super) fn refuse_beyond(scenario: &Scenario, ceiling: Rate) -> Result<(), Failure> {
    let (asked, ceiling) = (refresh_requests_per_s(scenario), ceiling.per_second());
    if asked <= ceiling {
        return Ok(());
    }
    let (asked, most) = (count(asked.round() as u64), count(ceiling.round() as u64));
    let message = format!(
        "people × devices × scale × speed / refresh interval is {asked} requests/s at scale {}, speed {}; \
         at most {most}/s are driven",
        scenario.scale, scenario.speed,
    );
    let hint = "lower --scale or --speed, or raise --ceiling on a larger machine";
    Err(Failure::new(Exit::Usage, message).hint(hint))
}
