//! Numbers as people read them: thousands separated, units after a space, no false precision.

use crate::record::manifest::TimeBase;
use base::calendar::{CalendarError, Zone};
use base::time::Timestamp;

/// What stands in a table where there is nothing to say.
pub(super) const NOTHING: &str = "–";

/// `31,980`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number that need not be whole: `617`, `14.1`, `0.25`.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 100.0 || value.fract() == 0.0 {
        let sign = if value <= -0.5 { "−" } else { "" };
        return format!("{sign}{}", count(size.round() as u64));
    }
    minus(&decimals(value, if size >= 1.0 { 1 } else { 2 }))
}

/// Histograms do not tell shorter spans from none, and a simulated reply may take none.
const SHORTEST_S: f64 = 1e-6;

/// Whether a span is more than nothing.
pub(super) fn lasts(seconds: f64) -> bool {
    seconds.abs() >= SHORTEST_S
}

/// A span: `20 ms`, `0.92 s`, `11 s`, `3 m 20 s`, `1 h 05 m`.
pub(crate) fn duration(seconds: f64) -> String {
    let size = seconds.abs();
    if !lasts(size) {
        return "0 s".to_owned();
    }
    let text = if size < 0.000_005 {
        "0.01 ms".to_owned()
    } else if size < 0.000_95 {
        format!("{} ms", decimals(size * 1e3, 2))
    } else if size < 0.099_5 {
        format!("{:.0} ms", size * 1e3)
    } else if size < 9.995 {
        format!("{} s", whole_or_two(size))
    } else {
        long(size.round() as u64)
    };
    if seconds < 0.0 { format!("−{text}") } else { text }
}

fn long(seconds: u64) -> String {
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, 0) => format!("{m} m"),
        (0, m, s) => format!("{m} m {s:02} s"),
        (h, 0, _) => format!("{} h", count(h)),
        (h, m, _) => format!("{} h {m:02} m", count(h)),
    }
}

/// `9` or `1.30`: a whole number needs no decimals, any other keeps both.
fn whole_or_two(value: f64) -> String {
    let text = format!("{value:.2}");
    text.strip_suffix(".00").map(str::to_owned).unwrap_or(text)
}

/// `value` with at most `places` decimals, without zeros at the end.
fn decimals(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn minus(text: &str) -> String {
    text.strip_prefix('-').map_or_else(|| text.to_owned(), |rest| format!("−{rest}"))
}

/// A part of 1: `34 %`, `5.3 %`, `0.05 %`, `< 0.01 %`.
pub(crate) fn share(part: f64) -> String {
    let percent = part * 100.0;
    let size = percent.abs();
    if size > 0.0 && size < 0.005 {
        return "< 0.01 %".to_owned();
    }
    let places = if size >= 9.95 { 0 } else { 1 + usize::from(size < 0.995) };
    format!("{} %", minus(&decimals(percent, places)))
}

/// `part` of `whole` as a share; [`NOTHING`] of nothing.
pub(super) fn share_of(part: u64, whole: u64) -> String {
    if whole == 0 { NOTHING.to_owned() } else { share(part as f64 / whole as f64) }
}

/// A fragment as a sentence: with a capital letter and a full stop.
pub(super) fn sentence(fragment: &str) -> String {
    let mut letters = fragment.trim().chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let text = format!("{first}{}", letters.as_str());
    if text.ends_with(['.', '!', '?']) { text } else { text + "." }
}

/// With its sign: `+1 s`, `−3 s`, `0 s`.
pub(super) fn signed(value: f64, text: impl Fn(f64) -> String) -> String {
    let plain = text(value);
    if value > 0.0 && plain != text(0.0) { format!("+{plain}") } else { plain }
}

/// The time of day in the run's time zone, for instants that count from the opening.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    zone: Zone,
    opens: Timestamp,
}

impl Clock {
    /// The clock of a run.
    ///
    /// # Errors
    /// If there is no such time zone.
    pub(super) fn of(time: &TimeBase) -> Result<Self, CalendarError> {
        Ok(Self { zone: Zone::named(&time.timezone)?, opens: Timestamp(time.opens_ns) })
    }

    fn at(&self, t_s: f64) -> Timestamp {
        Timestamp(self.opens.0.saturating_add((t_s.round() as i64).saturating_mul(1_000_000_000)))
    }

    /// Seconds from the opening to `at_ns`.
    pub(super) fn seconds(&self, at_ns: i64) -> f64 {
        Timestamp(at_ns).secs_from(self.opens)
    }

    /// `20:00:33`, after the month and day if that is not the opening's: `08-03 09:15:00`.
    pub(super) fn second(&self, t_s: f64) -> String {
        let (day, opening) = (self.date_time(t_s), self.date_time(0.0));
        let time = self.zone.clock_time(self.at(t_s));
        if day[..10] == opening[..10] { time } else { format!("{} {time}", &day[5..10]) }
    }

    /// `20:00`, or `20:00:33` if it is not a whole minute.
    pub(super) fn short(&self, t_s: f64) -> String {
        let text = self.second(t_s);
        text.strip_suffix(":00").map(str::to_owned).unwrap_or(text)
    }

    /// `08-02 20:00`.
    pub(super) fn day_and_minute(&self, t_s: f64) -> String {
        self.date_time(t_s)[5..].to_owned()
    }

    /// `2021-08-02 20:00 KST`.
    pub(super) fn opening(&self) -> String {
        format!("{} {}", self.date_time(0.0), self.zone_name())
    }

    /// `KST`.
    pub(super) fn zone_name(&self) -> String {
        self.zone.abbreviation(self.opens)
    }

    /// Seconds from midnight to the opening, as the clock on the wall has it.
    pub(super) fn opening_in_day(&self) -> f64 {
        let text = self.zone.clock_time(self.opens);
        text.split(':').fold(0.0, |sum, part| sum * 60.0 + part.parse::<f64>().unwrap_or(0.0))
    }

    fn date_time(&self, t_s: f64) -> String {
        self.zone.date_time(self.at(t_s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        let cases = [(0, "0"), (617, "617"), (3_083, "3,083"), (1_027_650, "1,027,650")];
        for (value, text) in cases {
            assert_eq!(count(value), text);
        }
        for (value, text) in [(617.0, "617"), (14.13, "14.1"), (0.254, "0.25"), (-3.5, "−3.5"), (0.0, "0")]
        {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(1_234.5), "1,235");
    }

    #[test]
    fn durations_lose_no_meaning() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (0.000_000_511, "0 s"),
            (0.000_002, "0.01 ms"),
            (0.000_4, "0.4 ms"),
            (0.003, "3 ms"),
            (0.06, "60 ms"),
            (0.0996, "0.10 s"),
            (0.92, "0.92 s"),
            (1.3, "1.30 s"),
            (9.0, "9 s"),
            (9.998, "10 s"),
            (11.009, "11 s"),
            (59.7, "1 m"),
            (200.0, "3 m 20 s"),
            (3_900.0, "1 h 05 m"),
            (7_200.0, "2 h"),
            (-33.0, "−33 s"),
        ] {
            assert_eq!(duration(seconds), text);
        }
    }

    #[test]
    fn shares_keep_what_is_small() {
        for (part, text) in [
            (0.344_8, "34 %"),
            (0.01, "1 %"),
            (0.053, "5.3 %"),
            (0.000_5, "0.05 %"),
            (0.000_001, "< 0.01 %"),
            (-0.12, "−12 %"),
            (0.0, "0 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(share(part), text);
        }
        assert_eq!(share_of(1, 0), NOTHING);
        assert_eq!((signed(1.0, duration), signed(0.0, share)), ("+1 s".to_owned(), "0 %".to_owned()));
    }

    #[test]
    fn fragments_become_sentences() {
        assert_eq!(sentence("the driver was late"), "The driver was late.");
        assert_eq!(sentence("Stop!"), "Stop!");
    }

    #[test]
    fn the_clock_shows_seoul() {
        let time = TimeBase {
            timezone: "Asia/Seoul".to_owned(),
            opens_ns: 1_627_902_000_000_000_000,
            from_ns: 1_627_901_340_000_000_000,
            until_ns: 1_627_902_960_000_000_000,
            interval_s: 1.0,
        };
        let clock = Clock::of(&time).unwrap();
        assert_eq!(clock.opening(), "2021-08-02 20:00 KST");
        assert_eq!(clock.second(33.2), "20:00:33");
        assert_eq!((clock.short(-660.0).as_str(), clock.short(33.0).as_str()), ("19:49", "20:00:33"));
        assert_eq!(clock.second(86_400.0), "08-03 20:00:00");
        assert_eq!(clock.day_and_minute(60.0), "08-02 20:01");
        assert_eq!((clock.opening_in_day() as i64, clock.seconds(time.from_ns) as i64), (72_000, -660));
    }
}
