//! Watching openings: the facts for [`chancery_domain::watch`], and who sees its alarms.
//!
//! Each opening that a reader asks for is looked at in its own transaction, so there is no opening unseen.
//! One alarm is kept for each person, rule and day. Alarms are sealed and shown only to holders of the office
//! that the house rules name, never to the person concerned; that they were looked at is in the record.
//!
//! An alarm is an entry of its own, before that of the opening: whoever sees the record's size from act to act,
//! or the number of his opening's entry, could tell that something was entered beside it, though not what.

use std::collections::BTreeMap;

use chancery_domain::watch::{Alarm, HISTORY_DAYS, Seen, Watch, alarms, bulk};
use chancery_domain::{Handle, House, rules};
use chancery_store::{OfficeId, PaperId, PersonId, SightingRow};
use chancery_vault::{Aad, Nonce, Padding, open, seal};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::access::HOUSE;
use crate::archive::{decode, encode};
use crate::ledger::Act;
use crate::outside::random;
use crate::papers::Released;
use crate::registry::{known_office, known_person};
use crate::{Archive, DeskError};

/// An alarm in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedAlarm {
    /// When.
    pub at: Timestamp,
    /// Whose openings.
    pub person: String,
    /// The rule and its numbers.
    #[serde(flatten)]
    pub alarm: Alarm,
    /// The numbers as a sentence.
    pub sentence: String,
    /// Entry of the record.
    pub leaf: i64,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    person: PersonId,
    alarm: Alarm,
}

impl Archive {
    /// The house's rules of watching.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn watch_rules(&self) -> Result<Watch, DeskError> {
        let mut tx = self.store.begin().await?;
        Ok(self.house(&mut tx).await?.watch)
    }

    /// Sets the house's rules of watching.
    ///
    /// # Errors
    /// When `who` does not keep the house, or they name an office that is not there.
    pub async fn set_watch_rules(
        &self,
        watch: &Watch,
        who: Option<&Handle>,
    ) -> Result<(), DeskError> {
        let mut act = self.act().await?;
        let officer = act.may_register(who).await?;
        if let Some(office) = &watch.office {
            known_office(&mut act.tx, office).await?;
        }
        let house = House { watch: watch.clone(), ..self.house(&mut act.tx).await? };
        act.tx.set_meta(HOUSE, &encode(&house)).await?;
        act.enter("house.watch", [("watch", json!(watch)), ("officer", json!(officer))]).await?;
        act.commit().await
    }

    /// Alarms from `since` on, oldest first, without those about `who` himself. The look is recorded.
    ///
    /// # Errors
    /// When no office is named in the house rules, or `who` does not hold it.
    pub async fn watch_list(
        &self,
        who: &Handle,
        since: Option<Date>,
    ) -> Result<Vec<ListedAlarm>, DeskError> {
        let mut act = self.act().await?;
        let person = known_person(&mut act.tx, who).await?;
        let closed = || {
            DeskError::Procedure(
                "alarms are shown to holders of the office that the house rules name, and to nobody else"
                    .into(),
            )
        };
        let office = self.house(&mut act.tx).await?.watch.office.ok_or_else(closed)?;
        let office = act.tx.office(&office).await?.ok_or_else(closed)?;
        let postings = act.tx.postings_of(person).await?;
        rules::may_act_for(&office, &postings, act.now).map_err(|_| closed())?;
        let from = since.map_or(Ok(Timestamp::UNIX_EPOCH), |day| {
            jiff::tz::Offset::UTC
                .to_timestamp(day.at(0, 0, 0, 0))
                .map_err(|e| DeskError::Input(e.to_string()))
        })?;
        let names: BTreeMap<PersonId, Handle> =
            act.tx.persons().await?.into_iter().map(|(id, handle, _)| (id, handle)).collect();
        let mut out = Vec::new();
        for (mark, at, leaf, sealed) in act.tx.alarms(from).await? {
            let row = hex::encode(&mark);
            let kept: Kept =
                decode(&open(&self.key, &Aad::new("alarm", &row, "sealed", 0), &sealed)?)?;
            if kept.person == person {
                continue;
            }
            let name = names.get(&kept.person).map(Handle::to_string).unwrap_or_default();
            let sentence = format!("{name}: {}", kept.alarm);
            out.push(ListedAlarm { at, person: name, alarm: kept.alarm, sentence, leaf });
        }
        act.enter("watch.viewed", [("person", json!(person)), ("shown", json!(out.len()))]).await?;
        act.commit().await?;
        Ok(out)
    }
}

impl Act<'_> {
    /// Looks at an opening before it happens: refuses it when the house caps bulk retrieval, notes it
    /// otherwise, and enters what is alarming.
    ///
    /// # Errors
    /// [`DeskError::Bulk`]; the caller commits, so that the alarm is kept.
    pub(crate) async fn watch(
        &mut self,
        paper: &Released,
        person: PersonId,
        through: OfficeId,
    ) -> Result<(), DeskError> {
        let watch = self.archive.house(&mut self.tx).await?.watch;
        let history = SignedDuration::from_hours(24 * HISTORY_DAYS);
        let from = self.now.checked_sub(history).unwrap_or(Timestamp::MIN);
        let rows = self.tx.sightings(person, from).await?;
        let mut seen: Vec<Seen<PaperId, OfficeId>> = rows.iter().map(seen_of).collect();
        let words = encode(&paper.head.label.handling);
        let caption = self.archive.index.domain("watch.caption").sketch(&words);
        let row = SightingRow {
            paper: paper.id,
            origin: paper.row.office,
            through,
            at: self.now,
            caption: caption.cast_signed(),
            released: paper.row.released,
        };
        let present = seen_of(&row);
        if let Some(refused) = bulk(&seen, paper.id, present.age, &watch, self.now) {
            self.alarm(person, refused).await?;
            return Err(DeskError::Bulk(format!(
                "{refused}; ask the office that keeps the archive"
            )));
        }
        self.tx.add_sighting(person, &row).await?;
        seen.push(present);
        let settled = self.settled_since(person).await?;
        for alarm in alarms(&seen, settled, &watch, self.now) {
            self.alarm(person, alarm).await?;
        }
        Ok(())
    }

    /// Enters an alarm, once a day for each person and rule.
    async fn alarm(&mut self, person: PersonId, alarm: Alarm) -> Result<(), DeskError> {
        let day = rules::utc_day(self.now);
        let value = encode(&(person, alarm.rule, day));
        let mark = self.archive.index.lookup("watch.alarm", &value);
        if self.tx.has_alarm(&mark).await? {
            return Ok(());
        }
        let leaf = self
            .enter(
                "watch.alarm",
                [
                    ("person", json!(person)),
                    ("alarm", json!(alarm)),
                    ("sentence", json!(alarm.to_string())),
                ],
            )
            .await?;
        let row = hex::encode(mark);
        let aad = Aad::new("alarm", &row, "sealed", 0);
        let plain = encode(&Kept { person, alarm });
        let nonce = Nonce::from_bytes(random());
        let sealed = seal(&self.archive.key, &aad, Padding::Field, &plain, nonce)?;
        Ok(self.tx.add_alarm(&mark, self.now, leaf, &sealed).await?)
    }

    /// The start of a person's newest posting that has begun.
    async fn settled_since(&mut self, person: PersonId) -> Result<Timestamp, DeskError> {
        let today = rules::utc_day(self.now);
        let postings = self.tx.postings_of(person).await?;
        let starts = postings.iter().filter_map(|p| p.start()).map(|day| day.date);
        let newest = starts.filter(|start| *start <= today).max();
        let at = newest.and_then(|day| jiff::tz::Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok());
        Ok(at.unwrap_or(Timestamp::MIN))
    }
}

fn seen_of(row: &SightingRow) -> Seen<PaperId, OfficeId> {
    let age = row.released.map_or(0, |day| {
        let until = rules::utc_day(row.at).since(day).map_or(0, |span| span.get_days());
        u32::try_from(until).unwrap_or(0)
    });
    Seen {
        at: row.at,
        paper: row.paper,
        origin: row.origin,
        through: row.through,
        caption: row.caption.cast_unsigned(),
        age,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CableRecord, Clock, Finders, Format};
    use chancery_domain::watch::Rule;
    use chancery_text::build::Choice;

    /// The rules that an opening of three papers, released on a day and opened `days` later, raises.
    async fn raised(days: i64, export: bool) -> Vec<Rule> {
        let folder = tempfile::tempdir().unwrap();
        let released: Timestamp = "2031-12-31T23:30:00Z".parse().unwrap();
        let path = folder.path().join("a");
        let mut archive = Archive::init(&path, Clock::Fixed(released)).await.unwrap();
        let cables: Vec<CableRecord> = (0..3)
            .map(|n| {
                let cable = json!({"id": format!("c{n}"), "paragraphs": [format!("Paper {n} speaks of grain.")]});
                serde_json::from_value(cable).unwrap()
            })
            .collect();
        let (choice, finders) = (Choice::default(), Finders::embedded());
        archive.import_exercise(&cables, 3, &choice, &finders, |_, _| {}).await.unwrap();
        let rules = Watch { archive_papers: 3, ..Watch::default() };
        archive.set_watch_rules(&rules, None).await.unwrap();
        archive.set_clock(Clock::Fixed(released + SignedDuration::from_hours(24 * days)));
        for cable in &cables {
            for _ in 0..2 {
                if export {
                    let out = folder.path().join("copies");
                    archive
                        .export_copies(&cable.id, Format::Txt, &out, None, |_, _| {})
                        .await
                        .unwrap();
                } else {
                    let reader = "r0001".parse().unwrap();
                    archive.open_copy(&cable.id, &reader, Format::Txt).await.unwrap();
                }
            }
        }
        let mut tx = archive.store.begin().await.unwrap();
        let alarms = tx.alarms(Timestamp::UNIX_EPOCH).await.unwrap();
        let opened = alarms.iter().map(|(mark, _, _, sealed)| {
            let row = hex::encode(mark);
            let plain = open(&archive.key, &Aad::new("alarm", &row, "sealed", 0), sealed).unwrap();
            decode::<Kept>(&plain).unwrap().alarm.rule
        });
        opened.collect()
    }

    #[tokio::test(flavor = "current_thread")]
    async fn old_papers_in_bulk_are_noticed_once_and_new_ones_or_exports_are_not() {
        assert_eq!(raised(180, false).await, [Rule::Archive]);
        assert_eq!(raised(179, false).await, [], "the control: a day younger");
        assert_eq!(raised(400, true).await, [], "an export is an officer's act, not the reader's");
    }
}
