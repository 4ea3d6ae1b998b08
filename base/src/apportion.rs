//! Splitting a whole number by weights so that the parts add up exactly (largest remainder, also known
//! as Hamilton's method).

/// `total` split in proportion to `weights`. The parts add up to `total`; each is its exact quota
/// rounded down or up; ties in the remainder go to the earlier weight.
///
/// # Panics
/// If a weight is negative or not finite, if all are zero while `total` is not, or if `total` is too large to
/// be exact in floating point (2⁵³).
pub fn largest_remainder(total: u64, weights: &[f64]) -> Vec<u64> {
    assert!(weights.iter().all(|weight| weight.is_finite() && *weight >= 0.0), "weights are shares");
    assert!(total < 1 << 53, "head-counts are exact in floating point");
    let sum: f64 = weights.iter().sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    assert!(sum > 0.0, "something has to take the {total}");
    let quotas: Vec<f64> = weights.iter().map(|weight| total as f64 * weight / sum).collect();
    let mut parts: Vec<u64> = quotas.iter().map(|quota| libm::floor(*quota) as u64).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let remainder = |i: usize| quotas[i] - libm::floor(quotas[i]);
    order.sort_by(|&a, &b| remainder(b).total_cmp(&remainder(a)).then(a.cmp(&b)));
    let missing = total - parts.iter().sum::<u64>();
    for &i in order.iter().cycle().take(missing as usize) {
        parts[i] += 1;
    }
    parts
}

/// Rows of these sizes, each split by the same weights, so that both the rows and the columns add up: every
/// column has what [`largest_remainder`] gives it of the sum of all rows.
///
/// # Panics
/// As [`largest_remainder`].
pub fn table(rows: &[u64], weights: &[f64]) -> Vec<Vec<u64>> {
    let mut cells: Vec<Vec<u64>> = rows.iter().map(|row| largest_remainder(*row, weights)).collect();
    let sum: f64 = weights.iter().sum();
    let wanted = largest_remainder(rows.iter().sum(), weights);
    let surplus = |cells: &[Vec<u64>], column: usize| {
        cells.iter().map(|row| row[column]).sum::<u64>() as i64 - wanted[column] as i64
    };
    // Rounding leaves a column at most half a person a row away; one at a time goes where rounding hurt most.
    loop {
        let columns = 0..weights.len();
        let Some(over) = columns.clone().find(|column| surplus(&cells, *column) > 0) else { return cells };
        let Some(under) = columns.clone().find(|column| surplus(&cells, *column) < 0) else { return cells };
        let excess =
            |row: usize, column: usize| cells[row][column] as f64 - rows[row] as f64 * weights[column] / sum;
        let gain = |row: usize| excess(row, over) - excess(row, under);
        let candidates = (0..rows.len()).filter(|row| cells[*row][over] > 0);
        let Some(row) = candidates.max_by(|a, b| gain(*a).total_cmp(&gain(*b)).then(b.cmp(a))) else {
            return cells;
        };
        cells[row][over] -= 1;
        cells[row][under] += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_seniors_cohort() {
        assert_eq!(largest_remainder(1_027_650, &[0.003, 0.64, 0.357]), [3_083, 657_696, 366_871]);
    }

    #[test]
    fn ties_go_to_the_earlier() {
        assert_eq!(largest_remainder(1, &[1.0, 1.0]), [1, 0]);
        assert_eq!(largest_remainder(0, &[0.0]), [0]);
    }

    proptest! {
        #[test]
        fn parts_add_up(total in 0u64..20_000_000, weights in prop::collection::vec(0.01f64..10.0, 1..20)) {
            let parts = largest_remainder(total, &weights);
            prop_assert_eq!(parts.iter().sum::<u64>(), total);
            let sum: f64 = weights.iter().sum();
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!((*part as f64 - total as f64 * weight / sum).abs() <= 1.0);
            }
        }

        #[test]
        fn rows_and_columns_add_up(
            rows in prop::collection::vec(0u64..2_000_000, 1..18),
            weights in prop::collection::vec(0.01f64..10.0, 1..6),
        ) {
            let cells = table(&rows, &weights);
            for (row, cells) in rows.iter().zip(&cells) {
                prop_assert_eq!(cells.iter().sum::<u64>(), *row);
            }
            let wanted = largest_remainder(rows.iter().sum(), &weights);
            for (column, wanted) in wanted.iter().enumerate() {
                prop_assert_eq!(cells.iter().map(|row| row[column]).sum::<u64>(), *wanted);
            }
        }
    }
}
