//! Medians and percentiles.

use std::time::Duration;

/// The middle value, or the mean of the two middle ones; 0 of nothing.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match (sorted.get(half), sorted.len() % 2) {
        (None, _) => 0.0,
        (Some(upper), 0) => (upper + sorted.get(half - 1).copied().unwrap_or(*upper)) / 2.0,
        (Some(middle), _) => *middle,
    }
}

/// The value below which this share (0 to 1) of the values lie; 0 of nothing.
pub fn percentile(values: &mut [u32], share: f64) -> u32 {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    values.get((last as f64 * share).round() as usize).copied().unwrap_or(0)
}

/// What one subject did in one row, over all rounds.
#[derive(Default)]
pub struct Measured {
    /// Operations a second, one value a round.
    pub rates: Vec<f64>,
    /// Operations in all rounds.
    pub operations: u64,
    /// The server's processor time in all rounds.
    pub cpu: Duration,
    /// Every request's time in microseconds.
    pub micros: Vec<u32>,
}

impl Measured {
    /// Operations a second: the median of the rounds.
    pub fn rate(&self) -> f64 {
        median(&self.rates)
    }

    /// The server's processor time for one operation, in microseconds.
    pub fn cpu_micros(&self) -> f64 {
        if self.operations == 0 {
            0.0
        } else {
            self.cpu.as_secs_f64() * 1e6 / self.operations as f64
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_ignores_an_outlier() {
        assert_eq!(median(&[3.0, 1.0, 1000.0]), 3.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert_eq!(median(&[]), 0.0);
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let mut values: Vec<u32> = (1..=100).rev().collect();
        assert_eq!(percentile(&mut values, 0.5), 51);
        assert_eq!(percentile(&mut values, 0.99), 99);
        assert_eq!(percentile(&mut values, 1.0), 100);
        assert_eq!(percentile(&mut [], 0.5), 0);
    }

    #[test]
    fn processor_time_is_spread_over_all_rounds() {
        let measured =
            Measured { operations: 2000, cpu: Duration::from_millis(50), ..Measured::default() };
        assert_eq!(measured.cpu_micros(), 25.0);
        assert_eq!(Measured::default().cpu_micros(), 0.0);
    }
}
