//! Sharing a secret of 32 bytes so that any `threshold` of the shares give it back and fewer say nothing.
//!
//! Shamir, "How to share a secret", CACM 22 (1979), byte by byte over GF(2^8) with the polynomial of AES
//! (FIPS 197, 4.2). No branch and no index depends on a secret. What a share looks like outside is in `share`.

use zeroize::Zeroizing;

use crate::secret::KEY_BYTES;

/// One value of 32 polynomials, or one coefficient of each.
pub(crate) type Column = Zeroizing<[u8; KEY_BYTES]>;

/// Product in GF(2^8), bit by bit.
const fn product(mut a: u8, mut b: u8) -> u8 {
    let mut sum = 0;
    let mut bit = 0;
    while bit < 8 {
        sum ^= a & 0_u8.wrapping_sub(b & 1);
        a = (a << 1) ^ (0x1b & 0_u8.wrapping_sub(a >> 7));
        b >>= 1;
        bit += 1;
    }
    sum
}

/// The inverse, a^254; zero for zero.
const fn inverse(a: u8) -> u8 {
    let mut power = a;
    let mut result = 1;
    let mut round = 0;
    // 254 = 2 + 4 + ... + 128.
    while round < 7 {
        power = product(power, power);
        result = product(result, power);
        round += 1;
    }
    result
}

/// The values at `x` of the polynomials with constant terms `secret` and these higher coefficients.
///
/// The coefficients are drawn evenly from all bytes, the highest included: a highest one that is never zero would
/// make shares tell something (RUSTSEC-2024-0398).
pub(crate) fn evaluate(secret: &[u8; KEY_BYTES], higher: &[Column], x: u8) -> Column {
    let mut value = Zeroizing::new([0; KEY_BYTES]);
    for column in higher.iter().rev() {
        for (v, c) in value.iter_mut().zip(column.iter()) {
            *v = product(*v ^ c, x);
        }
    }
    for (v, s) in value.iter_mut().zip(secret) {
        *v ^= s;
    }
    value
}

/// The constant terms of the polynomials through these points; `x` are distinct and not zero.
pub(crate) fn interpolate(points: &[(u8, &[u8; KEY_BYTES])]) -> Column {
    let mut secret = Zeroizing::new([0; KEY_BYTES]);
    for (at, (x, values)) in points.iter().enumerate() {
        let others = points.iter().enumerate().filter(|(other, _)| *other != at);
        let weight = others.fold(1, |weight, (_, (other, _))| {
            product(weight, product(*other, inverse(other ^ x)))
        });
        for (s, value) in secret.iter_mut().zip(values.iter()) {
            *s ^= product(weight, *value);
        }
    }
    secret
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_that_of_aes() {
        assert_eq!(product(0x57, 0x83), 0xc1);
        assert_eq!(product(0x57, 0x13), 0xfe);
        assert_eq!(inverse(0x53), 0xca);
        assert_eq!(inverse(0), 0);
        for a in 1..=255 {
            assert_eq!(product(a, inverse(a)), 1, "{a}");
        }
    }

    fn column(byte: u8) -> Column {
        Zeroizing::new([byte; KEY_BYTES])
    }

    /// Over all coefficients, how often each pair of shares arises: fewer than three of them, so all pairs must
    /// be equally frequent whatever the secret is.
    fn pairs(secret: u8, highest: impl Iterator<Item = u8> + Clone) -> Vec<u32> {
        let mut seen = vec![0; 1 << 16];
        for low in 0..=255 {
            for high in highest.clone() {
                let higher = [column(low), column(high)];
                let value = |x| evaluate(&[secret; KEY_BYTES], &higher, x)[0];
                seen[usize::from(value(1)) << 8 | usize::from(value(4))] += 1;
            }
        }
        seen
    }

    #[test]
    fn two_shares_of_three_are_uniform_whatever_the_secret() {
        for secret in [0, 1, 0xa7] {
            assert!(pairs(secret, 0..=255).iter().all(|count| *count == 1), "secret {secret}");
        }
        // The control: without the zero among the highest coefficients some pairs rule a secret out.
        assert!(pairs(0xa7, 1..=255).contains(&0));
    }
}
