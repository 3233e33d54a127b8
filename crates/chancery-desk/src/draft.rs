//! Drafting: taking a paper in, and showing its drafter every place where copies could differ.

use chancery_domain::{Addressed, Handle, PaperKind, Particulars, Relation, rules};
use chancery_store::{Deed, OfficeId, PaperId, Part, PersonId, SequelRow};
use chancery_text::build::{self, Candidate, Choice};
use chancery_text::lexicon::Lexicon;
use chancery_text::markup::{self, Marked};
use chancery_text::master::{Master, Origin};
use chancery_text::order::Order;
use chancery_text::proposal::{Acceptance, Proposer, Survival};
use chancery_text::punctuation::Punctuation;
use chancery_text::typography::Typography;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::{decode, encode};
use crate::circulation::Layout;
use crate::collectives::{Addressee, addressee};
use crate::ledger::Act;
use crate::looking::Look;
use crate::meter::Meter;
use crate::outside::random;
use crate::papers::{DrawnNonce, Head, reference};
use crate::policy::labelled;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// Most paragraphs and most bytes of a paper.
pub const MAX_PARAGRAPHS: usize = 5_000;
/// Most bytes of a paper's text.
pub const MAX_BODY: usize = 2 << 20;

/// A paper as its drafter hands it in.
#[derive(Clone, Debug)]
pub struct NewPaper {
    /// Heading.
    pub head: Head,
    /// The office that drafts it.
    pub from: Handle,
    /// Whether the drafting office's holders get copies as well.
    pub origin_reads: bool,
    /// Offices and collectives addressed for action.
    pub to: Vec<Handle>,
    /// Offices and collectives addressed for information.
    pub info: Vec<Handle>,
    /// How it is to go round.
    pub circulation: Circulation,
    /// The text.
    pub text: DraftText,
}

/// How a paper is to go round; the default is a plain cable.
#[derive(Clone, Debug, Default)]
pub struct Circulation {
    /// What sort of paper it is.
    pub kind: PaperKind,
    /// What its kind must say.
    pub particulars: Particulars,
    /// How its text is laid out.
    pub layout: Layout,
    /// Whether its recipients are hidden from one another.
    pub book: bool,
    /// Offices that do not get it through a collective.
    pub except: Vec<Handle>,
    /// Earlier papers that it refers to.
    pub refs: Vec<String>,
    /// The earlier paper that it corrects or cancels.
    pub sequel: Option<(Relation, String)>,
}

/// A draft's text with the drafter's choices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftText {
    /// Paragraphs with the line on which each begins in its file (0 when there was no file).
    pub paragraphs: Vec<(usize, String)>,
    /// Whether the paragraphs hold markup; otherwise they are literal.
    pub markup: bool,
    /// What the drafter allows.
    pub choice: Choice,
    /// Text of other papers that this one quotes: spans that no copy varies, by paragraph.
    #[serde(default)]
    pub quoted: Vec<(usize, std::ops::Range<usize>)>,
}

impl DraftText {
    /// Paragraphs of a text file: separated by blank lines.
    #[must_use]
    pub fn from_file(text: &str, markup: bool, choice: Choice) -> Self {
        let mut paragraphs: Vec<(usize, String)> = Vec::new();
        let mut open = false;
        for (number, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                open = false;
            } else if let (true, Some((_, paragraph))) = (open, paragraphs.last_mut()) {
                paragraph.push('\n');
                paragraph.push_str(line);
            } else {
                paragraphs.push((number + 1, line.to_owned()));
                open = true;
            }
        }
        Self { paragraphs, markup, choice, quoted: Vec::new() }
    }

    /// The paragraphs with markup taken out.
    ///
    /// # Errors
    /// At the first broken markup, with its line and column in the file.
    pub fn marked(&self) -> Result<Vec<Marked>, DeskError> {
        let bytes: usize = self.paragraphs.iter().map(|(_, p)| p.len()).sum();
        if self.paragraphs.len() > MAX_PARAGRAPHS || bytes > MAX_BODY {
            return Err(DeskError::Input(format!(
                "the text is too long: at most {MAX_PARAGRAPHS} paragraphs and {MAX_BODY} bytes"
            )));
        }
        let mut out = Vec::new();
        for (at, (line, source)) in self.paragraphs.iter().enumerate() {
            let mut marked = if self.markup {
                markup::parse(source).map_err(|e| {
                    let place = match line {
                        0 => format!("paragraph {}, column {}", at + 1, e.column),
                        line => format!("line {}, column {}", line + e.line - 1, e.column),
                    };
                    DeskError::Input(format!("{place}: {}", e.problem))
                })?
            } else {
                Marked::literal(source)
            };
            let quoted = self.quoted.iter().filter(|(p, _)| *p == at).map(|(_, span)| span.clone());
            marked.locked.extend(quoted);
            out.push(marked);
        }
        if out.iter().all(|p| p.text.trim().is_empty()) {
            return Err(DeskError::Input("the paper has no text".into()));
        }
        Ok(out)
    }
}

/// A draft that was taken in, with its quotations settled.
pub(crate) struct Drafted {
    pub(crate) id: PaperId,
    pub(crate) text: DraftText,
    /// Its entry in the record.
    pub(crate) leaf: u64,
}

/// The finders of places, in the order in which they were reviewed.
#[derive(Debug)]
pub struct Finders {
    lexicon: &'static Lexicon,
}

impl Finders {
    /// The finders that ship with this version.
    #[must_use]
    pub fn embedded() -> Self {
        Self { lexicon: Lexicon::embedded() }
    }

    /// Finders with another lexicon: an older one, or a house's own.
    #[must_use]
    pub const fn with_lexicon(lexicon: &'static Lexicon) -> Self {
        Self { lexicon }
    }

    /// Hash of the lexicon, recorded with every master.
    #[must_use]
    pub fn lexicon_hash(&self) -> String {
        hex::encode(self.lexicon.hash())
    }

    /// Every candidate of a text.
    #[must_use]
    pub fn candidates(&self, paragraphs: &[Marked]) -> Vec<Candidate> {
        let all: [&dyn Proposer; 4] = [self.lexicon, &Order, &Punctuation, &Typography];
        build::candidates(paragraphs, &all)
    }

    /// The master of a text under the drafter's choice.
    #[must_use]
    pub fn master(&self, paragraphs: &[Marked], choice: &Choice) -> Master {
        let candidates = self.candidates(paragraphs);
        let chosen = build::choose(paragraphs, &candidates, choice);
        build::build(paragraphs, &chosen, choice, &self.lexicon_hash(), None)
    }
}

/// A place as the drafter sees it.
#[derive(Clone, Debug, Serialize)]
pub struct ShownPlace {
    /// Name to strike or accept it by.
    pub key: String,
    /// Paragraph, from 1.
    pub paragraph: usize,
    /// A few words before.
    pub before: String,
    /// The readings, the drafted one first.
    pub readings: Vec<String>,
    /// A few words after.
    pub after: String,
    /// Rule that proposed it.
    pub rule: String,
    /// What it survives.
    pub survives: Survival,
    /// `site` when copies will differ here, `question` when only the drafter can accept it,
    /// `struck` when the drafter struck it.
    pub state: &'static str,
}

/// What `paper check` shows.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// The paper.
    pub paper: String,
    /// Every place in reading order.
    pub places: Vec<ShownPlace>,
    /// What the marks can tell.
    pub meter: Meter,
    /// The text with the first reading everywhere, to be read through.
    pub all_a: Vec<String>,
    /// The text with the other reading everywhere.
    pub all_b: Vec<String>,
}

impl Archive {
    /// Takes a draft in.
    ///
    /// # Errors
    /// When an office is unknown, `who` does not hold the drafting office, the markup is broken, the kind of
    /// paper lacks what it must say, or `who` may not refer to, correct or cancel a paper named.
    pub async fn draft(&self, paper: &NewPaper, who: &Handle) -> Result<String, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let office = known_office(&mut act.tx, &paper.from).await?;
        let postings = act.tx.postings_of(person).await?;
        chancery_domain::rules::may_act_for(&office, &postings, act.now)?;
        let mut paper = paper.clone();
        let circulation = &paper.circulation;
        circulation
            .kind
            .check(&circulation.particulars)
            .map_err(|e| DeskError::Input(e.to_string()))?;
        if paper.head.due.is_some_and(|due| due <= act.now) {
            return Err(DeskError::Input(
                "the due time has passed already; give a later one".into(),
            ));
        }
        paper.head.refs = self.references(&mut act.tx, person, &circulation.refs).await?;
        let sequel = act.sequel(&mut paper, person, office).await?;
        let drafted = act
            .draft(&paper)
            .await?
            .ok_or_else(|| DeskError::Input("this paper was imported before".into()))?;
        if let Some((relation, target)) = sequel {
            let paper = drafted.id;
            act.tx.add_sequel(SequelRow { paper, target, relation }).await?;
        }
        act.tx.set_drafter(drafted.id, person).await?;
        act.note(drafted.id, Deed::Drafted, person, office, drafted.leaf).await?;
        act.commit().await?;
        Ok(reference(drafted.id))
    }

    /// Shows a draft's places, or a released paper's; strikes and accepts places first. In earnest whoever
    /// does is named: he may see the draft, and to strike or accept he may amend it.
    ///
    /// # Errors
    /// When there is no such paper, `who` may not, a key names no place, or a released paper is to be changed.
    pub async fn check(
        &self,
        paper: &str,
        finders: &Finders,
        strike: &[String],
        accept: &[String],
        entitled: u64,
        who: Option<&Handle>,
    ) -> Result<Check, DeskError> {
        let exercise = self.is_exercise().await?;
        let mut act = self.act().await?;
        let asker = self.looker(&mut act.tx, who).await?;
        let row = self.find_paper(&mut act.tx, paper).await?;
        if let Some(asker) = &asker {
            self.look(&mut act.tx, Look::Paper, asker, &row).await?;
        }
        let released = row.state == chancery_domain::PaperState::Released;
        let dek = self.dek(&mut act.tx, row.id).await?;
        let mut text: DraftText =
            decode(&self.kept(&mut act.tx, &dek, row.id, Part::Draft).await?)?;
        let marked = text.marked()?;
        let candidates = finders.candidates(&marked);
        if !(strike.is_empty() && accept.is_empty()) {
            if released {
                return Err(DeskError::Procedure(
                    "a released paper is frozen; its places cannot be changed any more".into(),
                ));
            }
            if row.state == chancery_domain::PaperState::Withdrawn {
                return Err(chancery_domain::rules::Refusal::Withdrawn.into());
            }
            if let Some(asker) = &asker {
                self.permit_asker(&mut act.tx, rules::Act::Amend, asker, &row).await?;
            }
            for key in strike.iter().chain(accept) {
                if !candidates.iter().any(|c| c.key() == *key) {
                    return Err(DeskError::Unknown {
                        what: "place",
                        name: key.clone(),
                        hint: "; run paper check without --strike and --accept to see the keys",
                    });
                }
            }
            text.choice.struck.extend(strike.iter().cloned());
            for key in accept {
                text.choice.struck.remove(key);
                text.choice.accepted.insert(key.clone());
            }
            self.keep(&mut act.tx, &dek, row.id, Part::Draft, &encode(&text)).await?;
            // What was cleared and approved had other places.
            let voided = act.void(&row).await?;
            act.enter(
                "paper.checked",
                [
                    ("paper", json!(reference(row.id))),
                    ("voided", json!(voided)),
                    ("struck", json!(strike)),
                    ("accepted", json!(accept)),
                    ("person", json!(asker.as_ref().map(|asker| asker.person))),
                ],
            )
            .await?;
            act.commit().await?;
        }
        let chosen = build::choose(&marked, &candidates, &text.choice);
        let lexicon = finders.lexicon_hash();
        let master = build::build(&marked, &chosen, &text.choice, &lexicon, None);
        if released && !exercise {
            return Err(DeskError::Procedure(
                "the paper is released; its text now leaves only as somebody's copy".into(),
            ));
        }
        let places = candidates
            .iter()
            .filter_map(|c| shown(c, &marked[c.paragraph].text, &text.choice, &chosen))
            .collect();
        Ok(Check {
            paper: reference(row.id),
            places,
            meter: Meter::of(&master, entitled),
            all_a: master.uniform(0),
            all_b: master.uniform(1),
        })
    }
}

impl Act<'_> {
    /// Enters a draft; `None` when a paper with this source id is there already.
    pub(crate) async fn draft(&mut self, paper: &NewPaper) -> Result<Option<Drafted>, DeskError> {
        let archive = self.archive;
        let (mut text, mut head) = (paper.text.clone(), paper.head.clone());
        let circulation = &paper.circulation;
        circulation.layout.apply(&mut text, &mut head)?;
        let text = self.settled(&text).await?;
        let marked = text.marked()?;
        let id = self.tx.next_paper().await?;
        let office = known_office(&mut self.tx, &paper.from).await?;
        head.words = marked.iter().map(|m| words(&m.text)).sum();
        let particulars = circulation.particulars.clone();
        head.addressee = particulars.addressee;
        head.signed = particulars.signed.or(head.signed);
        head.meeting = particulars.meeting;
        head.item = particulars.item;
        if let Some(policy) = archive.policy(&mut self.tx).await? {
            labelled(&policy, &mut head)?;
        }
        let lock: [u8; 32] = random();
        let sealed = archive.seal_head(id, Some(&lock), &head)?;
        let source = head.source_id.as_deref().map(|id| archive.source_hash(id));
        let source = source.as_ref().map(<[u8; 32]>::as_slice);
        if !self.tx.add_paper(id, office, source, &sealed).await? {
            return Ok(None);
        }
        self.tx.set_lock(id, &lock).await?;
        self.tx.set_kind(id, circulation.kind, circulation.book).await?;
        self.tx.set_lifts(id, particulars.lifts.or(particulars.publishes)).await?;
        self.address(id, paper).await?;
        let dek = archive.new_dek(&mut self.tx, id, circulation.kind).await?;
        let nonce = chancery_vault::PaperNonce::from_bytes(random());
        let drawn = DrawnNonce { nonce, marking: archive.marking_version() };
        archive.keep(&mut self.tx, &dek, id, Part::Nonce, &drawn.to_bytes()).await?;
        let body = encode(&text);
        archive.keep(&mut self.tx, &dek, id, Part::Draft, &body).await?;
        // The nonce is committed to before the master is fixed: nobody can search for marks he likes.
        let fields = [
            ("paper", json!(reference(id))),
            ("office", json!(paper.from)),
            ("nonce_commitment", json!(hex::encode(drawn.nonce.commitment()))),
        ];
        let leaf = self.enter("paper.drafted", fields).await?;
        Ok(Some(Drafted { id, text, leaf }))
    }

    /// Puts the offices and collectives addressed on a draft's distribution.
    async fn address(&mut self, id: PaperId, paper: &NewPaper) -> Result<(), DeskError> {
        let origin = if paper.origin_reads { std::slice::from_ref(&paper.from) } else { &[] };
        for (handles, addressed) in [
            (origin, Addressed::Origin),
            (paper.to.as_slice(), Addressed::Action),
            (paper.info.as_slice(), Addressed::Info),
        ] {
            for handle in handles {
                match addressee(&mut self.tx, handle).await? {
                    Addressee::Office(office) => {
                        self.tx.distribute(id, office, addressed).await?;
                    }
                    Addressee::Collective(collective) => {
                        self.tx.address_collective(id, collective, addressed).await?;
                    }
                }
            }
        }
        for handle in &paper.circulation.except {
            let office = known_office(&mut self.tx, handle).await?;
            if paper.to.contains(handle) || paper.info.contains(handle) {
                return Err(DeskError::Input(format!(
                    "{handle} is addressed by itself and exempted; decide which"
                )));
            }
            self.tx.exempt(id, office).await?;
        }
        Ok(())
    }

    /// What the paper does to an earlier one. A paper that names no addressee then goes where that went.
    async fn sequel(
        &mut self,
        paper: &mut NewPaper,
        person: PersonId,
        from: OfficeId,
    ) -> Result<Option<(Relation, PaperId)>, DeskError> {
        let Some((relation, name)) = &paper.circulation.sequel else { return Ok(None) };
        let target = self.archive.sequel_target(&mut self.tx, person, from, name).await?;
        if paper.to.is_empty() && paper.info.is_empty() {
            for recipient in self.tx.recipients(target.id).await? {
                match recipient.addressed {
                    Addressed::Origin => {}
                    Addressed::Action => paper.to.push(recipient.handle),
                    Addressed::Info => paper.info.push(recipient.handle),
                }
            }
            paper.circulation.book |= target.book;
        }
        Ok(Some((*relation, target.id)))
    }
}

pub(crate) fn words(text: &str) -> usize {
    chancery_text::token::tokens(text).iter().filter(|t| t.is_wordlike()).count()
}

/// How many characters of context stand beside a place.
const CONTEXT: usize = 28;

/// A few characters before and after a span of a text.
pub(crate) fn around(text: &str, span: &std::ops::Range<usize>) -> (String, String) {
    let before: Vec<char> = text.get(..span.start).unwrap_or_default().chars().collect();
    let after = text.get(span.end..).unwrap_or_default();
    let before = before[before.len().saturating_sub(CONTEXT)..].iter().collect();
    (before, after.chars().take(CONTEXT).collect())
}

fn shown(
    candidate: &Candidate,
    text: &str,
    choice: &Choice,
    chosen: &[&Candidate],
) -> Option<ShownPlace> {
    let key = candidate.key();
    let proposal = &candidate.proposal;
    let state = if chosen.contains(&candidate) {
        "site"
    } else if choice.struck.contains(&key) {
        "struck"
    } else if candidate.origin == Origin::Proposed && proposal.acceptance == Acceptance::Ask {
        "question"
    } else {
        return None;
    };
    let mut readings = proposal.readings.clone();
    readings.swap(0, proposal.current);
    let (before, after) = around(text, &proposal.span);
    Some(ShownPlace {
        key,
        paragraph: candidate.paragraph + 1,
        before,
        readings,
        after,
        rule: proposal.rule.clone(),
        survives: proposal.survival,
        state,
    })
}

#[cfg(test)]
mod tests;
