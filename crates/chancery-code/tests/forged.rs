//! Leaks forged from a reader's own copy: none names another reader above the bound.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use chancery_code::{
    Alpha, AlphaSplit, Channel, CopyKey, DecoyPlan, Evidence, Inquiry, Member, Routes,
    SiteEvidence, SiteLaws, symbols,
};
use support::{Rng, binary_laws, holders, lower_limit, paper, size};

/// How a forger changes his own copy, knowing the laws and all readings but nobody else's row.
#[derive(Clone, Copy, Debug)]
enum Forgery {
    /// Every place the other way.
    Flipped,
    /// Each place by a coin.
    Random,
    /// Half of his own places, the others by their law.
    Mixed,
    /// At each place the likelier reading; his own where they are even.
    Likely,
    /// At each place the rarer reading; his own where they are even.
    Rare,
    /// A short stretch, all else left out.
    Crop,
}

const ALL: [Forgery; 6] = [
    Forgery::Flipped,
    Forgery::Random,
    Forgery::Mixed,
    Forgery::Likely,
    Forgery::Rare,
    Forgery::Crop,
];

fn forge(how: Forgery, laws: &SiteLaws, own: &[u8], rng: &mut Rng) -> Evidence {
    let start = rng.below(laws.len() - 20);
    let read =
        laws.entries().iter().zip(own).enumerate().filter_map(|(at, ((site, law), &own))| {
            let shares = (law.shares()[0], law.shares()[1]);
            let drawn = |rng: &mut Rng| law.reading(rng.bytes::<1>()[0]);
            let reading = match how {
                Forgery::Flipped => 1 - own,
                Forgery::Random => u8::from(rng.chance(0.5)),
                Forgery::Mixed if rng.chance(0.5) => own,
                Forgery::Mixed => drawn(rng),
                Forgery::Likely if shares.0 != shares.1 => u8::from(shares.1 > shares.0),
                Forgery::Rare if shares.0 != shares.1 => u8::from(shares.0 > shares.1),
                Forgery::Likely | Forgery::Rare => own,
                Forgery::Crop if (start..start + 20).contains(&at) => drawn(rng),
                Forgery::Crop => return None,
            };
            Some(SiteEvidence::seen(*site, 2, reading, 0.02))
        });
    Evidence::new(read.collect()).unwrap()
}

#[test]
fn ten_thousand_forgeries_from_ones_own_copy_name_nobody_else() {
    let forgeries = size(600, 10_000);
    let readers = 100;
    let mut rng = Rng::new("forgeries");
    let (mut usual, mut loose) = (0, 0);
    for number in 0..forgeries {
        let laws = binary_laws(Channel::Wording, 120, &mut rng);
        let keys: Vec<CopyKey> = rng.keys(readers);
        let own = symbols(&keys[0], &laws);
        let evidence = forge(ALL[number % ALL.len()], &laws, &own, &mut rng);
        let others = |level: f64, split: AlphaSplit| {
            let alpha = Alpha::new(level).unwrap();
            let papers = vec![paper(&laws, &evidence)];
            let inquiry = Inquiry::new(alpha, readers as u64, papers, Routes::Pooled).unwrap();
            let finding = inquiry.with_split(split).run(&holders(&keys), DecoyPlan::NONE).unwrap();
            finding.named.iter().any(|&person| person != 0)
        };
        usual += usize::from(others(1e-6, AlphaSplit::standard()));
        loose += usize::from(others(0.05, AlphaSplit::single(Member::LONE)));
    }
    // Control: a forger who holds the victim's copy too, which the bound does not cover.
    let mut framed = 0;
    for _ in 0..20 {
        let laws = binary_laws(Channel::Wording, 120, &mut rng);
        let keys = rng.keys(readers);
        let victim = symbols(&keys[1], &laws);
        let read = laws.entries().iter().zip(&victim);
        let read = read.map(|((site, _), &reading)| SiteEvidence::seen(*site, 2, reading, 0.02));
        let evidence = Evidence::new(read.collect()).unwrap();
        let papers = vec![paper(&laws, &evidence)];
        let alpha = Alpha::new(1e-6).unwrap();
        let inquiry = Inquiry::new(alpha, readers as u64, papers, Routes::Pooled).unwrap();
        let finding = inquiry.run(&holders(&keys), DecoyPlan::NONE).unwrap();
        framed += usize::from(finding.named == [1]);
    }
    println!(
        "{forgeries} forgeries: {usual} name another at 1e-6, {loose} at .05; with his copy {framed} of 20"
    );
    assert_eq!(usual, 0);
    assert!(lower_limit(loose, forgeries, 1e-5) <= 0.05, "{loose} of {forgeries}");
    assert_eq!(framed, 20);
}
