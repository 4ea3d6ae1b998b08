//! Figures that benchmarks with a table of their own share.

/// The middle one of several figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// The share of all processors' time that the machine's neighbours took between two readings.
pub(crate) fn steal_share(before: Option<[f64; 2]>) -> f64 {
    let (Some([steal, all]), Some([steal_now, all_now])) = (before, steal()) else { return f64::NAN };
    (steal_now - steal) / (all_now - all)
}

/// Stolen and all ticks since the machine started: the first line of `/proc/stat`.
pub(crate) fn steal() -> Option<[f64; 2]> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let ticks: Vec<f64> =
        stat.lines().next()?.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    Some([*ticks.get(7)?, ticks.iter().take(8).sum()])
}
