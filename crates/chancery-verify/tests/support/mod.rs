//! A small archive made of the pure crates alone: a paper, a log, witnesses, a leak and its inquiry.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "test support; each program that includes this uses its own part"
)]

use std::collections::BTreeMap;

use chancery_code::{
    Alpha, AlphaSplit, Channel, CopyTree, DECODER_VERSION, DecoyPlan, Evidence, Holder, Inquiry,
    PaperEvidence, PaperKey, Routes, SiteEvidence, SiteId, SiteLaws, laws, leaves_for, symbols,
};
use chancery_record::{
    CompactRange, Cosigner, Entry, LogSigner, NodeMap, Policy, ProofPlan, Receipt, Salt,
    SignedCheckpoint,
};
use chancery_text::build::{Choice, build, candidates, choose};
use chancery_text::extract::{ReadOptions, Reader};
use chancery_text::lexicon::Lexicon;
use chancery_text::markup::Marked;
use chancery_text::master::Master;
use chancery_text::proposal::{Proposer, Survival};
use chancery_verify::{
    Accused, Body, Bytes, Entered, Entries, OpenedCopy, PACK_SCHEMA, Pack, PackDecoys, PackLeak,
    PackPaper, PackReading, release_commitment,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const TEXT: &[&str] = &[
    "The delegation arrived prior to the meeting, and it began to press for additional assistance regarding the harbour. However, the Minister replied that the present arrangements were adequate for now.",
    "In addition, the two sides agreed to take into account the views of the smaller members. The coastal states wished to participate in the survey, and they asked whether the costs would be shared.",
    "The Secretary said that he would attempt to obtain further information regarding the shipments. He appeared to believe that the matter could be settled soon, although it would take many months.",
    "It is therefore probable that the Government will soon obtain further information about the ships. His advisers were nearly all of the opinion that the talks would begin again in the autumn.",
];

pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub fn master() -> Master {
    let marked: Vec<Marked> = TEXT.iter().map(|p| Marked::literal(p)).collect();
    let proposers: [&dyn Proposer; 1] = [Lexicon::embedded()];
    let all = candidates(&marked, &proposers);
    let choice = Choice::default();
    build(&marked, &choose(&marked, &all, &choice), &choice, "test", None)
}

/// What a forger may change before the world is made.
pub struct Plan {
    /// Whether the release is cosigned before the leak is entered.
    pub early: bool,
    /// How many of the two witnesses sign at all.
    pub witnesses: usize,
    /// Readers counted.
    pub readers: u64,
    pub seed: u8,
    /// Whether a place was settled otherwise than by reading.
    pub settled: bool,
    /// Whether the leak is a PDF, of which places of words were read.
    pub paged: bool,
    /// The version of the decoder that release and frozen evidence name, if any.
    pub decoder: [Option<u32>; 2],
}

/// The engine of the pages.
pub const ENGINE: &str = "an engine of some version";

/// How the pages of the papers are set.
const PAGE: &str = r#"{"engine":"none","rule":1,"words":0}"#;

impl Default for Plan {
    fn default() -> Self {
        Self {
            early: true,
            witnesses: 2,
            readers: 1_000,
            seed: 7,
            settled: false,
            paged: false,
            decoder: [Some(DECODER_VERSION); 2],
        }
    }
}

pub struct World {
    pub pack: Pack,
    pub policy: String,
    pub paper: PaperKey,
    pub laws: SiteLaws,
    pub number: u32,
}

struct Log {
    signer: LogSigner,
    witnesses: Vec<Cosigner>,
    bodies: Vec<(Vec<u8>, [u8; 32])>,
    tree: CompactRange,
    nodes: NodeMap,
}

impl Log {
    fn enter(&mut self, kind: &str, fields: Value) -> u64 {
        let body = Body {
            kind: kind.to_owned(),
            at: "2031-05-04T09:00:00Z".to_owned(),
            fields: serde_json::from_value::<BTreeMap<String, Value>>(fields).unwrap(),
        };
        let bytes = serde_json::to_vec(&body).unwrap();
        let salt = sha256(&[kind.as_bytes(), &self.tree.size().to_le_bytes()].concat());
        let entry = Entry::commit(&Salt::from_bytes(salt), &bytes);
        let nodes = &mut self.nodes;
        let index = self.tree.append(entry.leaf_hash(), |node, hash| {
            nodes.insert(node, hash);
        });
        self.bodies.push((bytes, salt));
        index.unwrap()
    }

    fn sign(&self, time: u64) -> SignedCheckpoint {
        let mut note = self.signer.sign_checkpoint(self.tree.size(), self.tree.root()).unwrap();
        for witness in &self.witnesses {
            let signature = witness.cosign(note.claimed(), time).unwrap();
            note.add_signature(signature).unwrap();
        }
        note
    }

    fn prove(&self, index: u64, under: &SignedCheckpoint) -> Entered {
        let (body, salt) = &self.bodies[usize::try_from(index).unwrap()];
        let plan = ProofPlan::inclusion(index, under.claimed().size()).unwrap();
        let path = plan.assemble(&self.nodes).unwrap();
        let receipt = Receipt::new(&Salt::from_bytes(*salt), index, path, under.clone()).unwrap();
        Entered { body: String::from_utf8(body.clone()).unwrap(), receipt: receipt.to_string() }
    }
}

pub fn world(plan: &Plan) -> World {
    let signer = LogSigner::from_seed("archive.example/record", &[9; 32]).unwrap();
    let all: Vec<Cosigner> = (1..=2)
        .map(|n: u8| Cosigner::from_seed(&format!("w{n}.example"), &[n; 32]).unwrap())
        .collect();
    let mut policy = format!("log {}\n", signer.verifier_key());
    for (n, witness) in all.iter().enumerate() {
        policy.push_str(&format!("witness w{n} {}\n", witness.verifier_key()));
    }
    policy.push_str("group both all w0 w1\nquorum both\n");
    let witnesses = all.into_iter().take(plan.witnesses).collect();
    let (tree, nodes) = (CompactRange::new(), NodeMap::new());
    let mut log = Log { signer, witnesses, bodies: Vec::new(), tree, nodes };
    log.enter("archive.begun", json!({}));

    // The release.
    let master = master();
    let paper = PaperKey::from_bytes(sha256(&[plan.seed]));
    let mut table = Vec::new();
    for channel in [Channel::Wording, Channel::Characters] {
        let own =
            |s: &&chancery_text::master::Symbol| SiteId::new(s.id).unwrap().channel() == channel;
        let all = master.symbols();
        let sites: Vec<_> = all.iter().filter(own).collect();
        let arities: Vec<u8> = sites.iter().map(|s| s.arity).collect();
        let drawn = laws(channel, &arities, &paper).unwrap();
        table.extend(sites.iter().map(|s| SiteId::new(s.id).unwrap()).zip(drawn));
    }
    if plan.paged {
        let base = Channel::Layout.base();
        let drawn = laws(Channel::Layout, &[2; 60], &paper).unwrap();
        table.extend((base..).map(|id| SiteId::new(id).unwrap()).zip(drawn));
    }
    let laws = SiteLaws::new(table).unwrap();
    let laws_json = serde_json::to_string(&laws).unwrap();
    let tree = CopyTree::new(&paper, leaves_for(1_000)).unwrap();
    let (master_bytes, root) = (master.to_bytes(), tree.root());
    let (leaves, version) = (tree.leaves().to_be_bytes(), master.text_version.to_be_bytes());
    let decoder = plan.decoder.map(|version| version.map(u32::to_be_bytes));
    let mut parts = BTreeMap::from([
        ("master", master_bytes.as_slice()),
        ("laws", laws_json.as_bytes()),
        ("copies-root", root.as_slice()),
        ("copies-leaves", leaves.as_slice()),
        ("text-version", version.as_slice()),
        ("alpha", &b"1e-6"[..]),
        ("page", PAGE.as_bytes()),
    ]);
    if let Some(decoder) = &decoder[0] {
        parts.insert("decoder-version", decoder);
    }
    let mut released = json!({
        "paper": "P1",
        "commitment": hex::encode(release_commitment(&parts)),
        "master_sha256": master.hash(),
        "laws_sha256": hex::encode(sha256(laws_json.as_bytes())),
        "copies_root": hex::encode(root),
        "copies_leaves": tree.leaves(),
        "text_version": master.text_version,
        "alpha": "1e-6",
    });
    if let Some(version) = plan.decoder[0] {
        released["decoder_version"] = version.into();
    }
    let release = log.enter("paper.released", released);
    let early = plan.early.then(|| log.sign(1_900_000_000));

    // The leak: a whole copy with two places changed by whoever retyped it.
    let number = 1_234 + u32::from(plan.seed);
    let key = paper.copy_key(number);
    let row = symbols(&key, &laws);
    let at = |id| laws.entries().binary_search_by_key(&id, |(site, _)| site.get()).unwrap();
    let text = master.render(|id| row[at(id)]).join("\n\n");
    let file = if plan.paged { "leak.pdf" } else { "leak.txt" };
    let leak = match plan.paged {
        true => [b"%PDF-1.7\n", text.as_bytes()].concat(),
        false => text.clone().into_bytes(),
    };
    let sha = hex::encode(sha256(&leak));
    let opened = log.enter(
        "inquiry.opened",
        json!({"inquiry": "I1", "officer": "anna", "leaks": [{"file": file, "sha256": sha}]}),
    );
    log.enter("padding", json!({}));
    let approved = log.enter("inquiry.approved", json!({"inquiry": "I1", "officer": "boris"}));

    // Frozen.
    let mut extraction = Reader::new(&master).extract(&text, &ReadOptions::default());
    if plan.settled {
        let values = extraction.sites[0].log2.iter_mut().filter(|value| **value < 0);
        values.for_each(|value| *value = if *value == -480 { -479 } else { -480 });
    }
    let sites = extraction.sites.iter().map(|reading| SiteEvidence {
        site: SiteId::new(reading.site).unwrap(),
        log2: reading.log2.clone(),
    });
    // Places of words: where they are, or where they would be in the other reading.
    let of_page = laws.entries().iter().map(|(site, _)| *site);
    let shifts: Vec<SiteEvidence> = of_page
        .filter(|site| site.channel() == Channel::Layout)
        .map(|site| SiteEvidence {
            site,
            log2: if row[at(site.get())] == 0 { vec![0, -400] } else { vec![-400, 0] },
        })
        .collect();
    let evidence = Evidence::new(sites.chain(shifts.iter().cloned()).collect()).unwrap();
    let places = plan.paged.then(|| Bytes(Evidence::new(shifts).unwrap().canonical_bytes()));
    let merged = Evidence::merge(&[(sha256(&leak), &evidence)]).unwrap();
    let bytes = extraction.to_bytes();
    let mut reading = json!({
        "paper": "P1",
        "extraction_sha256": hex::encode(sha256(&bytes)),
        "least": Survival::Paste,
        "erased": [],
    });
    if let Some(places) = &places {
        reading["layout_sha256"] = hex::encode(sha256(&places.0)).into();
        reading["page_engine"] = ENGINE.into();
    }
    let mut fixed = json!({
        "inquiry": "I1",
        "leaks": [{
            "sha256": sha,
            "text_version": extraction.version,
            "readings": [reading],
            "ambiguous": false,
        }],
        "papers": [{
            "paper": "P1",
            "master_sha256": master.hash(),
            "evidence_sha256": hex::encode(sha256(&merged.canonical_bytes())),
        }],
        "readers": plan.readers,
        "alpha": 1e-6,
        "spent_before": 0.0,
        "spent": false,
        "attempt": 3,
        "summed_alpha": 3e-6,
        "exports": [],
        "exercise": false,
        "routes": Routes::Pooled,
        "split": AlphaSplit::standard(),
    });
    if let Some(version) = plan.decoder[1] {
        fixed["decoder_version"] = version.into();
    }
    let frozen = log.enter("inquiry.frozen", fixed);
    let seed = log.sign(1_900_000_500).to_string();

    // Scored.
    let alpha = Alpha::new(1e-6).unwrap();
    let scored = PaperEvidence::new(laws.clone(), merged).unwrap();
    let inquiry = Inquiry::new(alpha, plan.readers, vec![scored], Routes::Pooled).unwrap();
    let decoys = DecoyPlan { count: 500, salt: sha256(seed.as_bytes()) };
    let finding = inquiry.run(&[Holder { copies: vec![Some(key.clone())] }], decoys).unwrap();
    assert_eq!(finding.named, [0], "the copy is named: {:?}", finding.persons[0].best);
    let person = &finding.persons[0];
    let result = log.enter(
        "inquiry.result",
        json!({
            "inquiry": "I1",
            "verdict": "identified",
            "named": [{
                "copies": [format!("P1/{number:04}")],
                "p_adjusted": person.p_adjusted(),
                "log2_e": person.e_value.log2(),
                "round": person.best.unwrap().round,
            }],
            "decoys": {"count": 500, "best_log2": finding.decoys.best_log2()},
        }),
    );
    let last = log.sign(1_900_001_000);
    let path = tree.path(number).unwrap().into_iter().map(|hash| Bytes(hash.to_vec())).collect();
    let pack = Pack {
        schema: PACK_SCHEMA.to_owned(),
        inquiry: "I1".to_owned(),
        redacted: false,
        log: log.signer.verifier_key().to_string(),
        entries: Entries {
            opened: log.prove(opened, &last),
            approved: log.prove(approved, &last),
            frozen: log.prove(frozen, &last),
            result: log.prove(result, &last),
        },
        leaks: vec![PackLeak { file: file.to_owned(), bytes: Some(Bytes(leak)) }],
        papers: vec![PackPaper {
            release: log.prove(release, early.as_ref().unwrap_or(&last)),
            master: Some(Bytes(master_bytes)),
            laws: laws_json,
            page: Some(PAGE.to_owned()),
            readings: vec![PackReading { leak: 0, extraction: Bytes(bytes), layout: places }],
            pages: Vec::new(),
        }],
        accused: vec![Accused {
            copies: vec![Some(OpenedCopy { number, key: Bytes(key.expose().to_vec()), path })],
        }],
        decoys: PackDecoys { count: 500, checkpoint: seed },
    };
    World { pack, policy, paper, laws, number }
}

pub fn policy(text: &str) -> Policy {
    Policy::parse(text.as_bytes()).unwrap()
}

/// `splitmix64`: a seeded stream of numbers.
pub struct Draws(pub u64);

impl Draws {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }
}
