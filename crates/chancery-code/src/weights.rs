//! Integer weights of readings, from evidence, law and model alone, never from the row scored.
//!
//! The weight of reading v is the log-likelihood ratio, in 1/64 bit and rounded down, of "this copy
//! was in the coalition and has v" against "it was not". Any integers keep the bound; these are
//! chosen for power.

use crate::collusion::Member;
use crate::evidence::{SiteEvidence, UNITS};
use crate::law::Law;

/// The least probability of a wrong reading that weights allow for: an extraction that claims to
/// be surer is not believed, so one misread site cannot silence a long agreement.
pub const NOISE_FLOOR: f64 = 0.02;

/// Likelihoods of the readings, normalised to sum 1, with the error raised to the noise floor.
fn likelihoods(evidence: &SiteEvidence) -> Vec<f64> {
    let q = evidence.log2.len() as f64;
    let best = f64::from(evidence.log2.iter().copied().max().unwrap_or(0));
    let raw: Vec<f64> = evidence
        .log2
        .iter()
        .map(|&value| libm::exp2((f64::from(value) - best) / f64::from(UNITS)))
        .collect();
    let total: f64 = raw.iter().sum();
    let stated = 1.0 - 1.0 / total;
    // Mix with "anything": the share that brings the best reading's probability to 1 - floor.
    let floor = NOISE_FLOOR;
    let mixed = if stated < floor { (floor - stated) / (1.0 / total - 1.0 / q) } else { 0.0 };
    raw.into_iter().map(|l| (1.0 - mixed) * l / total + mixed / q).collect()
}

/// One weight for each reading, in 1/64 bit: floor(64 log2(Q(obs | v) / sum_u p_u Q(obs | u))),
/// where Q(obs | v) = sum_r P(leak has r | v) P(obs | r) under the member's channel.
///
/// `known[r]` counts the accused copies with reading r (all zero in the first round). `channel` is
/// [`Member::channel`] for this law and these counts.
pub(crate) fn weights_by(channel: &[f64], law: &Law, evidence: &SiteEvidence) -> Vec<i32> {
    let q = law.readings();
    if evidence.is_erasure() {
        return vec![0; q];
    }
    let likelihood = likelihoods(evidence);
    let explained: Vec<f64> = channel
        .chunks_exact(q)
        .map(|row| row.iter().zip(&likelihood).map(|(a, l)| a * l).sum())
        .collect();
    let mean: f64 = explained.iter().enumerate().map(|(v, x)| law.probability(v) * x).sum();
    explained.iter().map(|x| libm::floor(f64::from(UNITS) * libm::log2(x / mean)) as i32).collect()
}

/// The weights of one site under one model, without side information.
#[must_use]
pub fn weights(member: Member, law: &Law, evidence: &SiteEvidence) -> Vec<i32> {
    weights_by(&member.channel(law, &vec![0; law.readings()]), law, evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collusion::Attack;
    use crate::site::Channel;

    fn seen(reading: u8, error: f64) -> SiteEvidence {
        SiteEvidence::seen(Channel::Wording.site(0).unwrap(), 2, reading, error)
    }

    #[test]
    fn a_lone_fair_site_is_worth_its_bit_less_the_noise() {
        let law = Law::binary(128).unwrap();
        let w = weights(Member::LONE, &law, &seen(1, 0.0));
        // log2(.98/.5) = .9709 bit and log2(.02/.5) = -4.644 bit
        assert_eq!(w, [-298, 62]);
        assert_eq!(weights(Member::LONE, &law, &seen(1, 0.25)), [-64, 37]);
    }

    #[test]
    fn erasures_weigh_nothing_and_larger_coalitions_less() {
        let law = Law::binary(27).unwrap();
        let erased = SiteEvidence::erased(Channel::Wording.site(0).unwrap(), 2);
        assert_eq!(weights(Member::LONE, &law, &erased), [0, 0]);
        let of = |c| weights(Member::new(c, Attack::Interleave), &law, &seen(0, 0.02))[0];
        assert!(of(1) > of(2) && of(2) > of(3) && of(3) > of(5) && of(5) > 0);
    }

    #[test]
    fn the_mean_of_two_to_the_weight_is_at_most_one() {
        for share in [1, 27, 128, 229, 255] {
            let law = Law::binary(share).unwrap();
            for attack in [Attack::Interleave, Attack::Majority, Attack::Minority] {
                for coalition in [1, 2, 3, 5, 8] {
                    for error in [0.0, 0.02, 0.3] {
                        let member = Member::new(coalition, attack);
                        let w = weights(member, &law, &seen(0, error));
                        let mean: f64 = (0..2)
                            .map(|v| law.probability(v) * libm::exp2(f64::from(w[v]) / 64.0))
                            .sum();
                        assert!(mean <= 1.0 + 1e-12 && mean > 0.97, "{member} {share} {mean}");
                    }
                }
            }
        }
    }
}
