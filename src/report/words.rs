//! Every word of a report, in one place.
//!
//! Functions take numbers as text, already formatted. Nothing else in `report` holds prose, so that a
//! second language is a second file.

/// The language of this file, as HTML names it.
pub(super) const LANGUAGE: &str = "en";

/// Below a picture too wide for a small screen.
pub(super) const SWIPE: &str = "Swipe sideways for the rest of the picture.";

pub(super) const PASS: &str = "PASS";
pub(super) const FAIL: &str = "FAIL";
pub(super) const UNTRUSTWORTHY: &str = "UNTRUSTWORTHY";

pub(super) const NO_OBJECTIVES: &str = "The scenario sets no objectives, so there was nothing to miss.";
pub(super) const FAILED_OTHERWISE: &str =
    "Every objective was met, but the run broke a rule that outranks them.";

pub(super) const LIVE: &str = "openrush · live run";
pub(super) const SIMULATED: &str = "openrush · simulated run";

pub(super) const OBJECTIVES: &str = "Objectives";
pub(super) const PICTURES: &str = "What happened";
pub(super) const PEOPLE: &str = "People";
pub(super) const WINDOWS: &str = "Windows";
pub(super) const QUEUE: &str = "Queue";
pub(super) const WAITS: &str = "Waits";
pub(super) const REQUESTS: &str = "Requests";
pub(super) const STEPS: &str = "Steps";
pub(super) const STATIONS: &str = "Stations";
pub(super) const GENERATOR: &str = "The load generator itself";
pub(super) const CAUTIONS: &str = "Cautions";
pub(super) const RESTS_ON: &str = "What it rests on";
pub(super) const PROVENANCE: &str = "Provenance";

pub(super) const NO_CAUTIONS: &str = "None.";
pub(super) const ADVICE: &str = "Advice:";
pub(super) const TIGHTEST: &str = "tightest";
pub(super) const MISSED: &str = "missed";
pub(super) const NOT_SEEN: &str = "nothing seen";
pub(super) const BEYOND_ANY: &str = "slower than any limit";

pub(super) const COLUMNS_OBJECTIVES: [&str; 4] = ["objective", "limit", "seen", "margin"];
pub(super) const COLUMNS_PEOPLE: [&str; 3] = ["people", "count", "of arrived"];
pub(super) const COLUMNS_WINDOWS: [&str; 7] =
    ["window", "arrived", "booked", "gave up", "inside", "peak queue", "peak sessions"];
pub(super) const COLUMNS_QUEUE: [&str; 4] = ["queue", "measured", "closed form", "difference"];
pub(super) const COLUMNS_WAITS: [&str; 8] = ["wait", "p50", "p90", "p95", "p99", "max", "mean", "count"];
pub(super) const COLUMNS_REQUESTS: [&str; 3] = ["requests", "count", "of sent"];
pub(super) const COLUMNS_STEPS: [&str; 9] = [
    "step",
    "count",
    "ok",
    "response p50",
    "response p99",
    "service p50",
    "service p99",
    "time-outs",
    "errors",
];
pub(super) const COLUMNS_STATIONS: [&str; 5] = ["station", "utilisation", "wait p50", "wait p99", "refused"];
pub(super) const COLUMNS_GENERATOR: [&str; 2] = ["in wall time", "seen"];
pub(super) const COLUMNS_RESTS_ON: [&str; 5] =
    ["value of the scenario", "taken", "low to high", "known as", "source"];
pub(super) const COLUMNS_PROVENANCE: [&str; 2] = ["what", "value"];

pub(super) const ARRIVED: &str = "arrived";
pub(super) const BOOKED: &str = "booked";
pub(super) const TURNED_AWAY: &str = "turned away";
pub(super) const GAVE_UP: &str = "gave up";
pub(super) const INSIDE: &str = "inside at the end";

pub(super) const PEAK: &str = "peak, tickets";
pub(super) const PEAK_AT: &str = "peak at";
pub(super) const EMPTY_AT: &str = "line gone at";
pub(super) const LONGEST_WAIT: &str = "longest wait";
pub(super) const LEFT_LINE: &str = "left the line";
pub(super) const STILL_WAITING: &str = "in line at the end";
pub(super) const NO_QUEUE_ACCOUNT: &str = "The target keeps no account of a queue.";
pub(super) const NO_WAITS: &str = "No ticket was admitted from the line, so there are no waits to show.";
pub(super) const IN_LINE: &str = "in line";
pub(super) const AT_STATION: &str = "at station";
pub(super) const WAITS_NOTE: &str = "In line: from issue to admission, of admitted tickets; those admitted at once \
     count with 0 s.";

pub(super) const SENT: &str = "sent";
pub(super) const USEFUL: &str = "useful";
pub(super) const POLLS: &str = "polls";
pub(super) const REFRESHES: &str = "refreshes";
pub(super) const RETRIES: &str = "retries";
pub(super) const ANSWERED: &str = "ok";
pub(super) const STEPS_NOTE: &str = "Response time counts from when the visitor meant to ask, service time from \
     when the request was sent. Both are of answered attempts, in scenario time.";
pub(super) const STATIONS_NOTE: &str =
    "Utilisation is the share of worker time spent working, over the slice.";

pub(super) const RESTS_ON_NOTE: &str = "Assumptions and fitted values first, those with a range before the \
     others; then facts. Sources are listed in the scenario.";

pub(super) const LAG_P50: &str = "lag p50";
pub(super) const LAG_P99: &str = "lag p99";
pub(super) const LAG_MAX: &str = "lag max";
pub(super) const REFUSED: &str = "arrivals refused";
pub(super) const CPU: &str = "cpu share of the process";
pub(super) const STEAL: &str = "cpu taken by neighbours (steal)";

pub(super) const SEED: &str = "seed";
pub(super) const TOOL: &str = "tool";
pub(super) const SCENARIO_HASH: &str = "scenario hash";
pub(super) const PLAN_HASH: &str = "plan hash";
pub(super) const SCALE: &str = "scale";
pub(super) const SPEED: &str = "speed";
pub(super) const SLICE: &str = "slice";
pub(super) const COMMAND: &str = "command";
pub(super) const SENT_INSTANT: &str = "instant sent";
pub(super) const MACHINE: &str = "machine";

pub(super) const PICTURE_ARRIVALS: &str = "Arrivals, admissions and bookings, cumulative";
pub(super) const PICTURE_QUEUE: &str = "Tickets in line";
pub(super) const PICTURE_LATENCY: &str = "Response time, service time and lag";
pub(super) const TICKETS_IN_LINE: &str = "tickets in line";
pub(super) const DURATIONS: &str = "duration in scenario time (logarithmic)";
pub(super) const LINE_ARRIVALS: &str = "arrivals";
pub(super) const LINE_ADMISSIONS: &str = "admissions";
pub(super) const LINE_BOOKINGS: &str = "bookings";
pub(super) const LINE_MEASURED: &str = "measured";
pub(super) const LINE_CLOSED_FORM: &str = "closed form";
pub(super) const LINE_RESPONSE_P99: &str = "response p99";
pub(super) const LINE_RESPONSE_P50: &str = "response p50";
pub(super) const LINE_SERVICE_P99: &str = "service p99";
pub(super) const LINE_SERVICE_P50: &str = "service p50";
pub(super) const LINE_LAG_P99: &str = "lag p99";

pub(super) fn kind(live: bool) -> &'static str {
    if live { LIVE } else { SIMULATED }
}

pub(super) fn opening(opening: &str) -> String {
    format!("Booking opens {opening}.")
}

pub(super) fn slice(from: &str, until: &str, zone: &str) -> String {
    format!("Replayed from {from} to {until} {zone}.")
}

/// The same for a table.
pub(super) fn slice_short(from: &str, until: &str, zone: &str) -> String {
    format!("{from} to {until} {zone}")
}

pub(super) fn speed(live: bool, speed: &str) -> String {
    match (live, speed == "1") {
        (true, true) => "Live, at the speed of the day itself.".to_owned(),
        (true, false) => {
            format!("Live, {speed} times as fast as the day itself; times are those of the day.")
        }
        (false, _) => "Simulated in virtual time: no request crossed a network.".to_owned(),
    }
}

pub(super) fn scale(scale: &str) -> String {
    if scale == "1" {
        return "The whole crowd.".to_owned();
    }
    format!("{scale} of the crowd; numbers are of the replayed crowd; nothing is scaled back up.")
}

pub(super) fn cautions_below(count: usize) -> String {
    if count == 1 { "1 caution, below.".to_owned() } else { format!("{count} cautions, below.") }
}

fn objectives(count: usize) -> String {
    if count == 1 { "The objective was met".to_owned() } else { format!("All {count} objectives were met") }
}

pub(super) fn all_met(count: usize) -> String {
    format!("{}.", objectives(count))
}

pub(super) fn all_met_tightest(count: usize, name: &str, seen: &str, limit: &str, margin: &str) -> String {
    let lead = objectives(count);
    let which = if count == 1 { "" } else { "the tightest is " };
    format!("{lead}; {which}{name} with {seen} ({limit}), a margin of {margin}.")
}

pub(super) fn missed(missed: usize, of: usize, which: &str) -> String {
    let verb = if missed == 1 { "was" } else { "were" };
    let noun = if of == 1 { "objective" } else { "objectives" };
    format!("{missed} of {of} {noun} {verb} missed: {which}.")
}

pub(super) fn missed_one(name: &str, seen: &str, limit: &str) -> String {
    format!("{name} was {seen} ({limit})")
}

pub(super) fn missed_unseen(name: &str) -> String {
    format!("{name} had nothing to see")
}

pub(super) fn not_to_be_relied_on(reasons: &str) -> String {
    if reasons.is_empty() {
        return "The numbers cannot be relied on.".to_owned();
    }
    format!("The numbers cannot be relied on: {}.", reasons.trim_end_matches('.'))
}

pub(super) fn range(low: &str, high: &str) -> String {
    format!("{low} to {high}")
}

/// Behind a count of people on a card, which is quoted without what stands around it.
fn of_crowd(scale: &str) -> String {
    if scale == "1" { String::new() } else { format!(" (crowd at {scale})") }
}

pub(super) fn people_came(scale: &str) -> String {
    format!("people came{}", of_crowd(scale))
}

pub(super) fn people_booked(share: &str) -> String {
    format!("booked ({share} of them)")
}

pub(super) fn peak_in_line(at: &str, scale: &str) -> String {
    format!("in line at most, at {at}{}", of_crowd(scale))
}

pub(super) fn wait_p95() -> &'static str {
    "95 % of tickets waited no longer"
}

pub(super) fn book_p99() -> &'static str {
    "99 % of booking replies came within"
}

/// The sum that the people of a run always make.
pub(super) fn people_identity([arrived, booked, turned_away, gave_up, inside]: [&str; 5]) -> String {
    format!(
        "{arrived} arrived = {booked} booked + {turned_away} turned away + {gave_up} gave up + {inside} inside \
         at the end. Those inside were in the middle of their visit when the replay ended."
    )
}

pub(super) fn people_do_not_add_up(arrived: &str, sum: &str) -> String {
    format!("These do not add up: {arrived} arrived, but the others sum to {sum}. The summary is damaged.")
}

pub(super) fn arrivals(until: &str, started: &str, admitted: Option<&str>, booked: &str) -> String {
    let gaps = "The upright gap between arrivals and bookings is the queue plus those inside, and those who \
        left without a booking.";
    match admitted {
        None => {
            format!("By {until}, {started} visits had begun and {booked} had ended with a booking. {gaps}")
        }
        Some(admitted) => format!(
            "By {until}, {started} visits had begun, {admitted} had been admitted and {booked} had ended with a \
             booking. {gaps} Admissions divide it: above them are those at the door or in line, below them \
             those inside. The level gap is how long it took."
        ),
    }
}

pub(super) fn queue_peak(peak: &str, at: &str) -> String {
    format!("At most {peak} tickets were in line, at {at}.")
}

pub(super) fn queue_none() -> &'static str {
    "No queue formed: whoever came found a free admission."
}

pub(super) fn queue_gone(at: &str) -> String {
    format!("The line was gone at {at}.")
}

pub(super) fn queue_stayed(left: &str) -> String {
    format!("It had not drained by the end, when {left} tickets were in it.")
}

pub(super) fn queue_predicted(peak: &str, at: &str, gone: Option<&str>) -> String {
    match gone {
        Some(gone) => format!("The closed form expects {peak} at {at}, gone at {gone}."),
        None => format!("The closed form expects {peak} at {at}."),
    }
}

pub(super) fn queue_part(from: &str, to: &str, outside: Option<&str>) -> String {
    match outside {
        None => format!("Shown is {from} to {to} only; outside of it nobody was in line."),
        Some(most) => {
            format!("Shown is {from} to {to} only; outside of it at most {most} tickets were in line.")
        }
    }
}

pub(super) fn latency_none() -> &'static str {
    "No attempt was answered, so there is nothing to show."
}

pub(super) fn latency_slowest(p99: &str, at: &str) -> String {
    format!("The response p99 was highest at {at}, with {p99}.")
}

pub(super) fn latency_lag(lag: Option<&str>) -> String {
    match lag {
        Some(lag) => format!("The generator's own lag p99 was at most {lag} of scenario time."),
        None => "The generator's own lag was zero throughout.".to_owned(),
    }
}

pub(super) fn latency_reading() -> &'static str {
    "The scale is logarithmic. Where response and service time coincide, the generator kept its schedule."
}

pub(super) fn latency_instant() -> &'static str {
    "Where replies took no time at all, as those of a simulated waiting room do, nothing is drawn."
}

pub(super) fn latency_points(seconds: &str) -> String {
    format!("Each point is the greatest within {seconds}.")
}

pub(super) fn sessions(peak: &str, cap: &str, share: &str) -> String {
    format!("At most {peak} sessions were in progress, of {cap} ({share}).")
}

pub(super) fn queue_source(source: &str) -> String {
    match source {
        "rules" => "Tickets are those that the target's own rules counted.".to_owned(),
        "clients" => "Tickets are those that the visitors were told of.".to_owned(),
        other => format!("Tickets are those that {other} counted."),
    }
}

pub(super) fn visits(started: &str, planned: &str, per_person: &str) -> String {
    format!("{started} of {planned} planned visits were begun; {per_person} requests per person who came.")
}

pub(super) fn error(kind: &str) -> String {
    format!("not ok: {kind}")
}

pub(super) fn opens(time: &str) -> String {
    format!("opens {time}")
}

pub(super) fn peak(peak: &str, at: &str) -> String {
    format!("peak {peak} at {at}")
}

pub(super) fn line_gone(at: &str) -> String {
    format!("line gone at {at}")
}

pub(super) fn time_of_day(zone: &str) -> String {
    format!("time of day, {zone}")
}

pub(super) fn visits_since(from: &str) -> String {
    format!("visits since {from}, cumulative")
}

pub(super) fn tool(version: &str, commit: Option<&str>) -> String {
    match commit {
        Some(commit) => format!("openrush {version}, commit {commit}"),
        None => format!("openrush {version}, commit unknown"),
    }
}

pub(super) fn machine(platform: &str, cpus: usize, workers: usize) -> String {
    format!("{platform}, {cpus} processors, {workers} driver threads")
}
