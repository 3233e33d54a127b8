//! Least squares by normal equations.

/// Sums of products for a linear fit with this many unknowns.
#[derive(Clone, Debug)]
pub(crate) struct Normal {
    size: usize,
    matrix: Vec<f64>,
    right: Vec<f64>,
}

impl Normal {
    pub(crate) fn new(size: usize) -> Self {
        Self { size, matrix: vec![0.0; size * size], right: vec![0.0; size] }
    }

    /// Adds an observation: the sum of (unknown, factor) is `value`.
    pub(crate) fn add(&mut self, terms: &[(usize, f64)], value: f64, weight: f64) {
        for &(i, a) in terms {
            self.right[i] += weight * a * value;
            for &(j, b) in terms {
                self.matrix[i * self.size + j] += weight * a * b;
            }
        }
    }

    /// Takes sums that were made elsewhere: the matrix, and in the last place of each row the right side.
    pub(crate) fn take(&mut self, sums: &[[f64; 7]; 6]) {
        let size = self.size;
        for (i, row) in sums.iter().enumerate().take(size) {
            self.right[i] = row[6];
            for (j, sum) in row.iter().enumerate().take(size.min(6)) {
                self.matrix[i * size + j] = *sum;
            }
        }
    }

    /// Draws an unknown towards zero.
    pub(crate) fn hold(&mut self, unknown: usize, weight: f64) {
        self.matrix[unknown * self.size + unknown] += weight;
    }

    /// How strongly the observations bind one unknown.
    pub(crate) fn diagonal(&self, unknown: usize) -> f64 {
        self.matrix[unknown * self.size + unknown]
    }

    /// The unknowns, by the method of Cholesky; `None` if they are not determined.
    pub(crate) fn solved(mut self) -> Option<Vec<f64>> {
        let n = self.size;
        let a = &mut self.matrix;
        for j in 0..n {
            let squares: f64 = (0..j).map(|k| a[j * n + k] * a[j * n + k]).sum();
            let pivot = a[j * n + j] - squares;
            if pivot.is_nan() || pivot < 1e-12 {
                return None;
            }
            let root = pivot.sqrt();
            a[j * n + j] = root;
            for i in j + 1..n {
                let sum: f64 = (0..j).map(|k| a[i * n + k] * a[j * n + k]).sum();
                a[i * n + j] = (a[i * n + j] - sum) / root;
            }
        }
        let x = &mut self.right;
        for i in 0..n {
            let sum: f64 = (0..i).map(|k| a[i * n + k] * x[k]).sum();
            x[i] = (x[i] - sum) / a[i * n + i];
        }
        for i in (0..n).rev() {
            let sum: f64 = (i + 1..n).map(|k| a[k * n + i] * x[k]).sum();
            x[i] = (x[i] - sum) / a[i * n + i];
        }
        Some(self.right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_through_points() {
        let mut normal = Normal::new(2);
        for x in 0..5 {
            normal.add(&[(0, 1.0), (1, f64::from(x))], 3.0 - 2.0 * f64::from(x), 1.0);
        }
        let found = normal.solved().unwrap();
        assert!((found[0] - 3.0).abs() < 1e-9 && (found[1] + 2.0).abs() < 1e-9);
        assert!(Normal::new(1).solved().is_none());
    }
}
