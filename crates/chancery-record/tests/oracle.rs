//! Every proof, checkpoint and tile path is checked by a second implementation (`tlog_tiles`,
//! `signed_note`), and theirs by ours.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use chancery_record::{
    CompactRange, Hash, HashSource, LogSigner, MissingNode, NodeId, NodeMap, Note, ProofPlan,
    TileHashes, tiles, verify_consistency, verify_inclusion,
};
use signed_note::{Signer as _, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::HashReader;

const SIZE: u64 = 260;

fn theirs(hash: &Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(*hash.as_bytes())
}

/// All nodes of a tree of `SIZE` leaves and its root at every size.
fn grown() -> (NodeMap, Vec<Hash>) {
    let (mut range, mut nodes) = (CompactRange::new(), NodeMap::new());
    let mut roots = vec![range.root()];
    for index in 0..SIZE {
        let leaf = Hash::leaf(&index.to_be_bytes());
        range
            .append(leaf, |node, hash| {
                nodes.insert(node, hash);
            })
            .unwrap();
        roots.push(range.root());
    }
    (nodes, roots)
}

/// Our nodes in their numbering.
struct Reader(NodeMap);

impl HashReader for Reader {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let read = |&index: &u64| {
            let (level, number) = tlog_tiles::split_stored_hash_index(index);
            theirs(&self.0.hash(NodeId::new(level, number).unwrap()).unwrap())
        };
        Ok(indexes.iter().map(read).collect())
    }
}

#[test]
fn roots_and_inclusion_proofs_agree() {
    let (nodes, roots) = grown();
    let reader = Reader(nodes.clone());
    for size in (1..40).chain([64, 127, 128, 200, 255, 256, 257, SIZE]) {
        let root = roots[size as usize];
        assert_eq!(tlog_tiles::tree_hash(size, &reader).unwrap(), theirs(&root));
        for index in 0..size {
            let leaf = Hash::leaf(&index.to_be_bytes());
            let proof = ProofPlan::inclusion(index, size).unwrap().assemble(&nodes).unwrap();
            verify_inclusion(&leaf, index, size, &proof, &root).unwrap();
            let expected = tlog_tiles::prove_record(size, index, &reader).unwrap();
            let proof: Vec<_> = proof.iter().map(theirs).collect();
            assert_eq!(proof, expected, "entry {index} of {size}");
            tlog_tiles::check_record(&proof, size, theirs(&root), index, theirs(&leaf)).unwrap();
        }
    }
}

#[test]
fn consistency_proofs_agree() {
    let (nodes, roots) = grown();
    let reader = Reader(nodes.clone());
    for new in (1..40).chain([64, 128, 200, 255, 256, SIZE]) {
        for old in 1..=new {
            let (old_root, new_root) = (roots[old as usize], roots[new as usize]);
            let proof = ProofPlan::consistency(old, new).unwrap().assemble(&nodes).unwrap();
            verify_consistency(old, &old_root, new, &new_root, &proof).unwrap();
            let expected = tlog_tiles::prove_tree(new, old, &reader).unwrap();
            let proof: Vec<_> = proof.iter().map(theirs).collect();
            assert_eq!(proof, expected, "{old} to {new}");
            tlog_tiles::check_tree(&proof, new, theirs(&new_root), old, theirs(&old_root)).unwrap();
        }
    }
}

/// Only what tiles store: levels 0 and 8.
struct Stored(NodeMap);

impl HashSource for Stored {
    type Error = MissingNode;

    fn hash(&self, node: NodeId) -> Result<Hash, MissingNode> {
        assert_eq!(node.level() % 8, 0, "tiles do not keep level {}", node.level());
        self.0.hash(node)
    }
}

#[test]
fn tiles_suffice_for_every_proof() {
    let (nodes, _) = grown();
    let tiled = TileHashes::new(Stored(nodes.clone()));
    for old in 1..=SIZE {
        let plan = ProofPlan::consistency(old, SIZE).unwrap();
        assert_eq!(plan.assemble(&tiled).unwrap(), plan.assemble(&nodes).unwrap());
    }
}

#[test]
fn tile_paths_agree() {
    for (old, new) in [(0, 1), (0, 256), (255, 257), (0, 70_000), (70_000, 70_001), (0, 1 << 17)] {
        let mut ours: Vec<_> = tiles(old, new)
            .iter()
            .map(ToString::to_string)
            .filter(|path| !path.contains("entries"))
            .collect();
        let mut expected: Vec<_> =
            tlog_tiles::Tile::new_tiles(8, old, new).iter().map(tlog_tiles::Tile::path).collect();
        ours.sort();
        expected.sort();
        // Their paths name the tile height before the level.
        let expected: Vec<_> =
            expected.iter().map(|path| path.replacen("tile/8/", "tile/", 1)).collect();
        assert_eq!(ours, expected, "{old} to {new}");
    }
}

#[test]
fn each_reads_the_others_checkpoints() {
    let (_, roots) = grown();
    let signer = LogSigner::from_seed("ministry.example/record", &[3; 32]).unwrap();
    let signed = signer.sign_checkpoint(SIZE, roots[SIZE as usize]).unwrap().to_string();

    let note = signed_note::Note::from_bytes(signed.as_bytes()).unwrap();
    let verifier = StandardVerifier::new(&signer.verifier_key().to_string()).unwrap();
    let (verified, _) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!(verified.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!(checkpoint.origin(), "ministry.example/record");
    assert_eq!((checkpoint.size(), *checkpoint.hash()), (SIZE, theirs(&roots[SIZE as usize])));

    // A second log key of theirs below our checkpoint.
    let seed = [5; 32];
    let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
    let material = [&[1][..], public.as_bytes()].concat();
    let id = signed_note::key_id("other.example", &material);
    let skey = {
        use base64::Engine as _;
        let base64 = base64::engine::general_purpose::STANDARD;
        format!("PRIVATE+KEY+other.example+{id:08x}+{}", base64.encode([&[1][..], &seed].concat()))
    };
    let other = StandardSigner::new(&skey).unwrap();
    let mut note = note;
    note.add_sigs(&[&other]).unwrap();
    let ours = Note::parse(&note.to_bytes()).unwrap();
    assert_eq!(ours.to_string().as_bytes(), note.to_bytes());
    let other_key = chancery_record::VerifierKey::new(
        chancery_record::KeyName::new(other.name()).unwrap(),
        chancery_record::KeyKind::Log,
        public.as_bytes(),
    )
    .unwrap();
    assert_eq!(ours.verify(&[signer.verifier_key(), other_key]).unwrap().len(), 2);
}
