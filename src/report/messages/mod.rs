//! Every word of a report: one catalogue, a file for each language.
//!
//! The files are Fluent resources. `messages!` lists each message with its arguments and makes a method
//! of [`Words`] of it, so the compiler knows every message that the code uses; the tests hold the list
//! against the files, in both directions and argument by argument. Nothing else in `report` holds prose.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use std::str::FromStr;
use thiserror::Error;

/// A language that reports are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
}

/// A language that there is no catalogue for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no report is written in `{0}`; expected one of: {known}", known = Language::codes())]
pub struct UnknownLanguage(String);

impl Language {
    /// All of them.
    const ALL: [Self; 1] = [Self::English];

    /// The language's code, as HTML and the command line name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    fn codes() -> String {
        Self::ALL.map(Self::code).join(", ")
    }

    const fn catalogue(self) -> &'static str {
        match self {
            Self::English => include_str!("en.ftl"),
        }
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        let known = Self::ALL.into_iter().find(|language| language.code() == text);
        known.ok_or_else(|| UnknownLanguage(text.to_owned()))
    }
}

/// The words of one language.
pub(super) struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The words of `language`.
    ///
    /// # Panics
    /// Never: the catalogues are part of the program, and the tests read each of them.
    pub(super) fn of(language: Language) -> Self {
        let catalogue = FluentResource::try_new(language.catalogue().to_owned());
        let catalogue = catalogue.unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", language.code()));
        let mut bundle = FluentBundle::new(vec![language.code().parse().expect("codes are well-formed")]);
        // Marks around what is filled in would keep two directions of writing apart; there is only one.
        bundle.set_use_isolating(false);
        bundle.add_resource(catalogue).expect("every message stands once");
        Self { language, bundle }
    }

    /// The language's code, as HTML names it.
    pub(super) fn code(&self) -> &'static str {
        self.language.code()
    }

    fn say<const N: usize>(&self, name: &str, arguments: [(&str, FluentValue<'_>); N]) -> String {
        let message = self.bundle.get_message(&id(name)).and_then(|message| message.value());
        let pattern = message.expect("the tests look every message up");
        let arguments: FluentArgs<'_> =
            arguments.into_iter().map(|(name, value)| (id(name), value)).collect();
        self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

/// A name of the code as a name of the catalogue.
fn id(name: &str) -> String {
    name.replace('_', "-")
}

/// Makes a method of each message. Arguments are texts, or whole numbers where the wording depends on them.
macro_rules! messages {
    ($($name:ident $(($($argument:ident),+))?,)+) => {
        impl Words {
            $(messages!(@method $name $($($argument)+)?);)+
        }

        /// Each message with its arguments.
        #[cfg(test)]
        const MESSAGES: &[(&str, &[&str])] = &[$((stringify!($name), &[$($(stringify!($argument)),+)?]),)+];
    };
    (@method $name:ident) => {
        pub(super) fn $name(&self) -> String {
            self.say(stringify!($name), [])
        }
    };
    (@method $name:ident $($argument:ident)+) => {
        pub(super) fn $name<'a>(&self, $($argument: impl Into<FluentValue<'a>>),+) -> String {
            self.say(stringify!($name), [$((stringify!($argument), $argument.into())),+])
        }
    };
}

messages! {
    kind_live,
    kind_simulated,
    opening(time),
    slice(from, until, zone),
    speed_live_same,
    speed_live(speed),
    speed_simulated,
    scale_whole,
    scale_part(scale),
    swipe,
    pass,
    fail,
    untrustworthy,
    no_objectives,
    failed_otherwise,
    all_met(count),
    all_met_tightest(count, name, seen, limit, margin),
    missed_objectives(missed, of, which),
    missed_one(name, seen, limit),
    missed_unseen(name),
    unreliable,
    unreliable_because(reasons),
    cautions_below(count),
    cause_gave_up_turned_away(gave_up, turned_away),
    cause_gave_up(gave_up),
    cause_turned_away(turned_away),
    cause_line_stayed(tickets),
    cause_connections_from(limit, at),
    cause_connections(limit),
    cause_sessions_from(cap, at),
    cause_sessions(cap),
    cause_station(name, share),
    cause_station_from(name, share, at),
    cause_errors(share, kind),
    error_busy,
    error_refused,
    error_timed_out,
    error_failed,
    cause_restless(requests, share),
    people_came,
    people_came_scaled(scale),
    people_booked(share),
    peak_in_line(at),
    peak_in_line_scaled(at, scale),
    wait_p95,
    book_p99,
    section_objectives,
    section_pictures,
    section_people,
    section_windows,
    section_queue,
    section_waits,
    section_requests,
    section_steps,
    section_stations,
    section_generator,
    section_timeline,
    section_cautions,
    section_rests_on,
    section_provenance,
    columns_objectives,
    tightest,
    missed,
    not_seen,
    beyond_any,
    columns_people,
    arrived,
    booked,
    turned_away,
    gave_up,
    inside,
    people_identity(arrived, booked, turned_away, gave_up, inside),
    people_do_not_add_up(arrived, sum),
    columns_funnel,
    columns_windows,
    windows_note,
    one_window(peak, wait),
    columns_queue,
    peak_tickets,
    peak_at,
    empty_at,
    longest_wait,
    left_line,
    still_waiting,
    closed_out,
    eta_ratio,
    no_queue_account,
    queue_source(source),
    sessions(peak, cap, share),
    sessions_unlimited(peak),
    columns_waits,
    in_line,
    at_station(name),
    waits_note,
    no_waits,
    columns_requests,
    sent,
    useful,
    polls,
    refreshes,
    retries,
    answered,
    error(kind),
    returns(returns),
    visits(started, planned, per_person),
    columns_steps,
    steps_note,
    columns_stations,
    stations_note,
    columns_generator,
    lag_p50,
    lag_p99,
    lag_max,
    arrivals_refused,
    cpu,
    steal,
    generator_on_time(lag),
    generator_machine(lag, steal),
    generator_load(lag, cpu),
    generator_own(lag),
    columns_timeline,
    planned,
    mark,
    no_cautions,
    advice(text),
    columns_rests_on,
    rests_on_note,
    range(low, high),
    columns_provenance,
    seed,
    tool,
    tool_built(version, commit),
    tool_unknown(version),
    scenario_hash,
    plan_hash,
    scale,
    speed,
    slice_row,
    slice_short(from, until, zone),
    command,
    sent_instant,
    machine_row,
    machine(platform, cpus, workers),
    picture_arrivals,
    arrivals_totals(until, started, booked),
    arrivals_totals_admitted(until, started, admitted, booked),
    arrivals_gaps,
    arrivals_gaps_admitted,
    picture_queue,
    queue_peak(peak, at),
    queue_none,
    queue_gone(at),
    queue_stayed(left),
    queue_predicted(peak, at),
    queue_predicted_gone(peak, at, gone),
    queue_part_nobody(from, to),
    queue_part(from, to, most),
    picture_latency,
    latency_none,
    latency_slowest(at, p99),
    latency_lag(lag),
    latency_no_lag,
    latency_reading,
    latency_instant,
    latency_points(length),
    picture_sessions,
    full_from(at),
    picture_connections,
    connections(peak, limit, share),
    connections_unlimited(peak),
    picture_funnel,
    funnel(first, last, share),
    funnel_most(step, lost),
    funnel_inside(inside),
    picture_requests,
    requests_by_kind(per_person, useful, polls, refreshes, retries),
    requests_busiest(at, rate),
    requests_failed(failed),
    picture_steps,
    steps_slowest(step, p99),
    steps_reading,
    picture_stations,
    stations_busiest(name, share),
    stations_most(at, share),
    axis_sessions,
    axis_connections,
    axis_funnel,
    axis_requests,
    axis_steps,
    axis_stations,
    all_steps,
    line_sessions,
    line_connections,
    line_limit,
    line_went_on,
    line_lost,
    line_errors,
    line_response,
    line_service,
    line_lag,
    limit_note(limit),
    limit_above(limit),
    stage(reached, share),
    stage_lost(reached, share, lost),
    closes(time),
    window(name, from, until),
    axis_time(zone),
    axis_tickets,
    axis_durations,
    axis_visits(from),
    line_arrivals,
    line_admissions,
    line_bookings,
    line_measured,
    line_closed_form,
    line_response_p99,
    line_response_p50,
    line_service_p99,
    line_service_p50,
    line_lag_p99,
    opens(time),
    peak_note(peak, at),
    line_gone(at),
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// The messages of a catalogue, each with the arguments that it names.
    fn written(catalogue: &str) -> BTreeMap<&str, BTreeSet<&str>> {
        let (mut messages, mut last) = (BTreeMap::new(), "");
        for line in catalogue.lines().filter(|line| !line.starts_with('#')) {
            let text = match line.split_once(" =") {
                Some((id, text)) if line.starts_with(|first: char| first.is_ascii_lowercase()) => {
                    last = id;
                    text
                }
                _ => line,
            };
            let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
            let names = text.split('$').skip(1).filter_map(|rest| rest.split(ends).next());
            messages.entry(last).or_insert_with(BTreeSet::new).extend(names);
        }
        messages.remove("");
        messages
    }

    #[test]
    fn every_catalogue_has_just_the_messages_and_arguments_that_the_code_uses() {
        let used: BTreeMap<String, BTreeSet<String>> = MESSAGES
            .iter()
            .map(|(name, arguments)| (id(name), arguments.iter().map(|name| id(name)).collect()))
            .collect();
        assert_eq!(used.len(), MESSAGES.len(), "no message is listed twice");
        for language in Language::ALL {
            let written = written(language.catalogue());
            for (id, arguments) in &used {
                let found = written.get(id.as_str()).unwrap_or_else(|| panic!("no message {id}"));
                assert!(found.iter().eq(arguments.iter()), "{id} names {found:?}, not {arguments:?}");
            }
            for id in written.keys() {
                assert!(used.contains_key(*id), "nothing says {id}");
            }
        }
    }

    #[test]
    fn every_message_can_be_said() {
        for language in Language::ALL {
            let words = Words::of(language);
            for (name, arguments) in MESSAGES {
                let arguments: FluentArgs<'_> = arguments.iter().map(|name| (id(name), "7")).collect();
                let message = words.bundle.get_message(&id(name)).and_then(|message| message.value());
                let mut errors = Vec::new();
                let text = words.bundle.format_pattern(message.unwrap(), Some(&arguments), &mut errors);
                assert!(errors.is_empty() && !text.is_empty(), "{name}: {errors:?}");
            }
        }
    }

    #[test]
    fn tables_have_the_same_columns_in_every_language() {
        let columns = |language: Language| -> Vec<usize> {
            let words = Words::of(language);
            let headings = MESSAGES.iter().filter(|(name, _)| name.starts_with("columns_"));
            headings.map(|(name, _)| words.say(name, []).split('|').count()).collect()
        };
        for language in Language::ALL {
            assert_eq!(columns(language), columns(Language::English));
        }
    }

    #[test]
    fn wording_depends_on_numbers_and_nothing_stands_around_what_is_filled_in() {
        let words = Words::of(Language::English);
        assert_eq!(
            (words.cautions_below(1), words.cautions_below(2)),
            ("1 caution, below.".into(), "2 cautions, below.".into())
        );
        assert_eq!(words.missed_objectives(1, 2, "a"), "1 of 2 objectives was missed: a.");
        assert_eq!(words.range("60%", "100%"), "60% to 100%");
    }

    #[test]
    fn only_languages_with_a_catalogue_are_known() {
        assert_eq!("en".parse(), Ok(Language::English));
        let error = "ko".parse::<Language>().unwrap_err().to_string();
        assert_eq!(error, "no report is written in `ko`; expected one of: en");
    }
}
