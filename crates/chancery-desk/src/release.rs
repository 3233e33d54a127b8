//! Release: a draft becomes a master, its marks are fixed and committed to.

use chancery_code::{
    Channel, CopyTree, DECODER_VERSION, Law, PaperKey, SiteId, SiteLaws, laws, leaves_for, symbols,
};
use chancery_domain::{Dtg, Handle, rules};
use chancery_store::{Deed, PaperId, Part, Tx};
use chancery_text::canon::TEXT_VERSION;
use chancery_text::extract::{ReadOptions, Reader};
use chancery_text::master::{CHARACTERS_BASE, Master};
use chancery_text::sketch::Sketch;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use crate::archive::{decode, encode};
use crate::draft::{DraftText, Finders};
use crate::expose::Entering;
use crate::ledger::Act;
use crate::page::FrozenPage;
use crate::papers::{ReleaseParts, reference};
use crate::registry::known_person;
use crate::stacks::number;
use crate::{Archive, DeskError};

/// The level at which an inquiry names a copy unless its officers ask for a stricter one.
pub const USUAL_ALPHA: &str = "1e-6";
/// Rows that are rendered and read back before a paper is released.
const TRIAL_ROWS: u32 = 6;

/// What a release fixed.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseReport {
    /// The paper.
    pub paper: String,
    /// Wording sites.
    pub wording: usize,
    /// Character sites.
    pub characters: usize,
    /// Layout sites.
    pub layout: usize,
    /// Places that could not be read back and were struck for everyone.
    pub struck: usize,
    /// Its number: one sequence for each office and year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Date-time group of the release.
    pub dtg: String,
    /// Entry of the record.
    pub leaf: u64,
}

impl Archive {
    /// The present day in UTC.
    pub(crate) fn today(&self) -> Date {
        rules::utc_day(self.clock.now())
    }

    /// Releases a draft: gives it the next serial of its office, resolves its collectives as of today, and
    /// freezes it.
    ///
    /// # Errors
    /// When there is no such draft, `who` may not release it, nobody is on its distribution, or what it
    /// corrects or cancels is cancelled already or bears a label that this one does not reach.
    pub async fn release(
        &self,
        paper: &str,
        who: &Handle,
        finders: &Finders,
    ) -> Result<ReleaseReport, DeskError> {
        let mut act = self.act().await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        let person = known_person(&mut act.tx, who).await?;
        let office = self.permit(&mut act.tx, rules::Act::Release, person, &row).await?;
        let sequel = act.tx.sequel(row.id).await?;
        if let Some(sequel) = &sequel {
            self.still_stands(&mut act.tx, sequel.target).await?;
            self.no_lower(&mut act.tx, &row, sequel.target).await?;
        }
        let distribution = act.expand(&row).await?;
        let year = rules::utc_day(act.now).year();
        let serial = act.tx.give_serial(row.id, row.office, year).await?;
        let fields = [
            ("paper", json!(reference(row.id))),
            ("kind", json!(row.kind)),
            ("person", json!(who)),
            ("serial", json!(serial)),
            ("dtg", json!(Dtg::utc(act.now).to_string())),
            ("distribution", distribution),
            ("book", json!(row.book)),
            ("lifts", json!(row.lifts)),
            ("sequel", json!(sequel.map(|s| (s.relation, reference(s.target))))),
        ];
        act.enter("paper.circulated", fields).await?;
        let dek = self.dek(&mut act.tx, row.id).await?;
        let text: DraftText = decode(&self.kept(&mut act.tx, &dek, row.id, Part::Draft).await?)?;
        let master = finders.master(&text.marked()?, &text.choice);
        let report = act.release(row.id, master, text.choice.layout).await?;
        act.note(row.id, Deed::Released, person, office, report.leaf).await?;
        act.commit().await?;
        Ok(ReleaseReport { serial: Some(serial.of(row.kind)), ..report })
    }

    /// Persons entitled to a paper on any day of `[from, until]`, minted or not: the N of a finding. Before
    /// an embargo lifts these are the originating office's alone.
    pub(crate) async fn entitled(
        &self,
        tx: &mut Tx,
        paper: PaperId,
        from: Date,
        until: Date,
    ) -> Result<Vec<chancery_store::PersonId>, DeskError> {
        let distribution = tx.distribution(paper).await?;
        let row = tx.paper(paper).await?;
        let mut persons = Vec::new();
        for (office, _) in &distribution {
            let own = row.as_ref().is_some_and(|row| row.office == *office);
            let from = rules::reads_from(from, row.as_ref().and_then(|row| row.lifts), own);
            if from > until {
                continue;
            }
            for posting in tx.postings_in(*office).await? {
                if rules::was_entitled(&distribution, std::slice::from_ref(&posting), from, until) {
                    persons.push(*posting.person());
                }
            }
        }
        persons.sort_unstable();
        persons.dedup();
        Ok(persons)
    }

    /// The key of the paper's sketches: what a thief of the database cannot search by.
    pub(crate) fn sketch_key(&self) -> [u8; 32] {
        self.index.lookup("sketch", b"key")
    }
}

impl Act<'_> {
    /// Freezes a draft into `master`, less the places that do not read back.
    pub(crate) async fn release(
        &mut self,
        id: PaperId,
        master: Master,
        layout: bool,
    ) -> Result<ReleaseReport, DeskError> {
        let archive = self.archive;
        let dek = archive.dek(&mut self.tx, id).await?;
        let nonce = archive.nonce(&mut self.tx, &dek, id).await?;
        let (master, struck) = readable(master);
        let master_bytes = master.to_bytes();
        let key = archive.paper_key(&nonce, &master_bytes)?;
        let page = FrozenPage::of(&master, layout);
        let page_bytes = encode(&page);
        let site_laws = site_laws(&master, page.words, &key)?;
        let laws_bytes = encode(&site_laws);
        let day = rules::utc_day(self.now);
        // An embargo hides the paper's readers until it lifts; there must be copies for them all the same.
        let lifts = self.tx.paper(id).await?.and_then(|row| row.lifts);
        let open = lifts.map_or(day, |lifts| day.max(rules::utc_day(lifts)));
        let readers = archive.entitled(&mut self.tx, id, day, open).await?.len();
        let tree = CopyTree::new(&key, leaves_for(u32::try_from(readers).unwrap_or(u32::MAX)))
            .map_err(|e| DeskError::Input(e.to_string()))?;
        archive.keep(&mut self.tx, &dek, id, Part::Master, &master_bytes).await?;
        archive.keep(&mut self.tx, &dek, id, Part::Laws, &laws_bytes).await?;
        archive.keep(&mut self.tx, &dek, id, Part::Page, &page_bytes).await?;
        let sketch = Sketch::of_master(&master, &archive.sketch_key());
        archive.keep(&mut self.tx, &dek, id, Part::Sketch, &sketch.to_bytes()).await?;
        let date = archive.written_on(&mut self.tx, id).await?;
        self.entering.push(Entering::paper(id, date, master.clone())?);
        self.shelve(&dek, id, &master).await?;
        self.pending_index.insert(number(id)?, &sketch);
        self.pending.push((number(id)?, sketch));
        let parts = ReleaseParts {
            master: &master_bytes,
            laws: &laws_bytes,
            copies: tree.root(),
            leaves: tree.leaves(),
            text_version: TEXT_VERSION,
            decoder_version: Some(DECODER_VERSION),
            alpha: USUAL_ALPHA,
            page: Some(&page_bytes),
        };
        let is_character = |(s, _): &&(SiteId, Law)| s.channel() == Channel::Characters;
        let characters = site_laws.entries().iter().filter(is_character).count();
        let leaf = self
            .enter(
                "paper.released",
                [
                    ("paper", json!(reference(id))),
                    ("commitment", json!(parts.commitment())),
                    ("master_sha256", json!(master.hash())),
                    ("laws_sha256", json!(crate::inquiry::sha256_hex(&laws_bytes))),
                    ("copies_root", json!(hex::encode(parts.copies))),
                    ("copies_leaves", json!(parts.leaves)),
                    ("text_version", json!(TEXT_VERSION)),
                    ("decoder_version", json!(DECODER_VERSION)),
                    ("lexicon", json!(master.lexicon)),
                    ("alpha", json!(USUAL_ALPHA)),
                    ("entitled", json!(readers)),
                    ("wording", json!(master.sites.len())),
                    ("characters", json!(characters)),
                    ("layout", json!(page.words)),
                ],
            )
            .await?;
        if !self.tx.set_released(id, self.now, leaf).await? {
            return Err(DeskError::Procedure(format!("{} is released already", reference(id))));
        }
        self.redactable(&dek, id, &master).await?;
        Ok(ReleaseReport {
            paper: reference(id),
            wording: master.sites.len(),
            characters,
            layout: usize::try_from(page.words).unwrap_or(usize::MAX),
            struck,
            serial: None,
            dtg: Dtg::utc(self.now).to_string(),
            leaf,
        })
    }
}

/// The exact integer law of every site, drawn by channel from the paper key; `words` is the number of the
/// layout's sites.
pub(crate) fn site_laws(
    master: &Master,
    words: u32,
    key: &PaperKey,
) -> Result<SiteLaws, DeskError> {
    let all = master.symbols();
    let damaged = |_| DeskError::Archive("a site of the master is out of range".into());
    let mut entries: Vec<(SiteId, Law)> = Vec::with_capacity(all.len());
    for channel in [Channel::Wording, Channel::Characters] {
        let of_channel: Vec<_> = all
            .iter()
            .filter(|s| (s.id < CHARACTERS_BASE) == (channel == Channel::Wording))
            .collect();
        let arities: Vec<u8> = of_channel.iter().map(|s| s.arity).collect();
        let drawn = laws(channel, &arities, key).map_err(damaged)?;
        for (symbol, law) in of_channel.iter().zip(drawn) {
            let site = SiteId::new(symbol.id)
                .ok_or_else(|| DeskError::Archive("a site of the master is out of range".into()))?;
            entries.push((site, law));
        }
    }
    let arities = vec![2; usize::try_from(words).unwrap_or(usize::MAX)];
    let drawn = laws(Channel::Layout, &arities, key).map_err(damaged)?;
    let sites = (0..words).filter_map(|word| Channel::Layout.site(word));
    entries.extend(sites.zip(drawn));
    SiteLaws::new(entries).map_err(damaged)
}

/// The paragraphs of the copy with this key.
pub(crate) fn render(
    master: &Master,
    laws: &SiteLaws,
    key: &chancery_code::CopyKey,
) -> Vec<String> {
    let row = symbols(key, laws);
    let entries = laws.entries();
    master.render(|id| {
        entries.binary_search_by_key(&id, |(site, _)| site.get()).map_or(0, |at| row[at])
    })
}

/// Strikes, for everyone, each wording site that does not read back in every trial rendering.
///
/// Trials show every reading of every site beside different neighbours. They depend on no key, so
/// striking says nothing about anybody's row.
fn readable(mut master: Master) -> (Master, usize) {
    let before = master.sites.len();
    // Striking one place changes the neighbourhood of others, so look again until all read back.
    for _ in 0..4 {
        let mut bad = Vec::new();
        let reader = Reader::new(&master);
        for trial in 0..TRIAL_ROWS {
            let reading = |id: u32| {
                let arity = master
                    .sites
                    .binary_search_by_key(&id, |s| s.id)
                    .map_or(2, |at| u32::from(master.sites[at].arity));
                let spread = match trial {
                    0 | 1 => trial,
                    _ => (id.wrapping_mul(0x9e37_79b9) >> (8 + trial)) ^ trial,
                };
                u8::try_from(spread % arity).unwrap_or(0)
            };
            let text = master.render(reading).join("\n\n");
            let read = reader.extract(&text, &ReadOptions::default());
            for site in &master.sites {
                let seen = read.site(site.id).and_then(|r| r.observed);
                if seen != Some(reading(site.id)) {
                    bad.push(site.id);
                }
            }
        }
        bad.sort_unstable();
        bad.dedup();
        if bad.is_empty() {
            break;
        }
        master = master.without(&bad);
    }
    let struck = before - master.sites.len();
    (master, struck)
}
