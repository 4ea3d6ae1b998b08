//! The one histogram configuration used for every duration, so that any two can be added.

use crate::time::Nanos;
use hdrhistogram::Histogram;

/// Durations from 1 µs to 100,000 s with three significant digits, in nanoseconds.
pub type Durations = Histogram<u64>;

const LOWEST_NANOS: u64 = 1_000;
const HIGHEST_NANOS: u64 = 100_000 * 1_000_000_000;
const DIGITS: u8 = 3;

/// An empty histogram of the common configuration.
///
/// # Panics
/// Never: the bounds are constants that the histogram accepts.
pub fn durations() -> Durations {
    Histogram::new_with_bounds(LOWEST_NANOS, HIGHEST_NANOS, DIGITS).expect("constant bounds are valid")
}

/// Counts one duration; anything beyond the bounds is counted at the bound.
pub fn record(into: &mut Durations, span: Nanos) {
    into.saturating_record(span.0);
}

/// The value at quantile `q` in seconds, `None` when nothing was counted.
pub fn quantile_s(of: &Durations, q: f64) -> Option<f64> {
    (!of.is_empty()).then(|| {
        let nanos = of.value_at_quantile(q);
        // Anything under a microsecond shares one bucket with zero, and zero is what it almost always is.
        if nanos < LOWEST_NANOS { 0.0 } else { Nanos(nanos).as_secs_f64() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_three_digits_and_never_panics() {
        let mut seen = durations();
        assert_eq!(quantile_s(&seen, 0.5), None);
        record(&mut seen, Nanos::from_millis(1_500));
        record(&mut seen, Nanos(u64::MAX));
        let median = quantile_s(&seen, 0.5).unwrap();
        assert!((median / 1.5 - 1.0).abs() < 1e-3, "{median}");
        assert_eq!(seen.len(), 2);
        let mut nothing = durations();
        record(&mut nothing, Nanos::ZERO);
        assert_eq!(quantile_s(&nothing, 1.0), Some(0.0));
    }
}
