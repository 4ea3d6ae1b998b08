//! What the operating system says of the machine and of this process. On systems without `/proc` the
//! numbers are absent.

use std::fs;
use std::time::{Duration, Instant};

/// Ticks of `/proc`, a constant of Linux's user interface on every architecture.
const TICKS_PER_SECOND: f64 = 100.0;

/// Looks at the clock and the process's account; measures from one look to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    at: Instant,
    cpu_s: Option<f64>,
    steal_s: Option<f64>,
}

/// What passed between two looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spent {
    pub(super) wall: Duration,
    pub(super) cpu_s: Option<f64>,
    pub(super) steal_s: Option<f64>,
}

impl Look {
    #[expect(clippy::disallowed_methods, reason = "the costs of a run are in wall time")]
    pub(super) fn now() -> Self {
        Self { at: Instant::now(), cpu_s: process_cpu_s(), steal_s: steal_s() }
    }

    pub(super) fn spent(&self) -> Spent {
        let now = Self::now();
        let between = |a: Option<f64>, b: Option<f64>| Some(b? - a?);
        Spent {
            wall: now.at - self.at,
            cpu_s: between(self.cpu_s, now.cpu_s),
            steal_s: between(self.steal_s, now.steal_s),
        }
    }
}

/// User and system time of this process: fields 14 and 15 of `/proc/self/stat`.
fn process_cpu_s() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(") ")?.1;
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / TICKS_PER_SECOND)
}

/// Time that other guests of the host took from this one: the eighth number of `/proc/stat`.
fn steal_s() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let ticks: f64 = stat.lines().next()?.split_whitespace().nth(8)?.parse().ok()?;
    Some(ticks / TICKS_PER_SECOND)
}

/// The most memory this process held at once.
pub(super) fn max_rss_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1_024)
}

/// Processors this process may use.
pub(super) fn cpus() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// The wall clock's instant, for naming folders.
#[expect(clippy::disallowed_methods, reason = "folders are named by the wall clock")]
pub(super) fn utc_now() -> jiff::Timestamp {
    jiff::Timestamp::try_from(std::time::SystemTime::now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
