//! Telegrams in the form of ACP 127 taken in as drafts.

use chancery_domain::acp127::{self, Addressee, Telegram};
use chancery_domain::{Dtg, Handle, Label};
use chancery_text::build::Choice;

use crate::draft::{Circulation, DraftText, NewPaper};
use crate::papers::Head;
use crate::{Archive, DeskError};

/// Which office an address of a telegram stands for, where the address itself does not say.
pub type AddressMap = Vec<(String, Handle)>;

impl Archive {
    /// Takes a telegram in as a draft of the office that sends it. An address stands for the office that
    /// `map` gives for it, or whose short name it is in small letters with hyphens: `EMB RURITANIA` for
    /// `emb-ruritania`. Numbers that paragraphs bring along are left alone.
    ///
    /// # Errors
    /// When it departs from the form (line and reason), an address stands for no office, `who` does not hold
    /// the sending office, or the telegram was taken in before.
    pub async fn import_telegram(
        &self,
        bytes: &[u8],
        map: &AddressMap,
        choice: &Choice,
        who: &Handle,
    ) -> Result<String, DeskError> {
        let telegram = acp127::parse(bytes).map_err(|e| DeskError::Input(e.to_string()))?;
        let office = |plad: &str| office(plad, map);
        let offices = |list: &[Addressee]| -> Result<Vec<Handle>, DeskError> {
            list.iter().map(|a| office(&a.plad)).collect()
        };
        let except = telegram.exempt.iter().map(|plad| office(plad)).collect::<Result<_, _>>()?;
        let mut text = DraftText::from_file(&telegram.body, false, choice.clone());
        for (line, _) in &mut text.paragraphs {
            *line = 0;
        }
        let paper = NewPaper {
            from: office(&telegram.from)?,
            origin_reads: true,
            to: offices(&telegram.to)?,
            info: offices(&telegram.info)?,
            circulation: Circulation { except, ..Circulation::default() },
            text,
            head: head(telegram)?,
        };
        self.draft(&paper, who).await
    }
}

fn head(telegram: Telegram) -> Result<Head, DeskError> {
    let tags = telegram.tags.iter().map(|tag| tag.parse());
    let written = |list: &[Addressee]| -> String {
        list.iter().map(|a| a.plad.clone()).collect::<Vec<_>>().join(", ")
    };
    let (station, serial) = (&telegram.originating_ri, telegram.station_serial);
    Ok(Head {
        source_id: Some(format!("acp127:{station}#{serial:04}/{}", telegram.filing)),
        number: Some(telegram.message_number).filter(|n| !n.is_empty()),
        date: Some(Dtg::utc(telegram.dtg).to_string()),
        to: written(&telegram.to),
        from: telegram.from,
        subject: telegram.subject,
        label: Label { classification: telegram.classification, handling: telegram.captions },
        action: Some(telegram.action_precedence),
        info: telegram.info_precedence,
        tags: tags.collect::<Result<_, _>>().map_err(|e| DeskError::Input(format!("{e}")))?,
        ref_text: Some(telegram.reference).filter(|r| !r.is_empty()),
        ..Head::default()
    })
}

/// The office that an address stands for.
fn office(plad: &str, map: &AddressMap) -> Result<Handle, DeskError> {
    if let Some((_, office)) = map.iter().find(|(address, _)| address == plad) {
        return Ok(office.clone());
    }
    let name: String = plad
        .to_ascii_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    name.parse().map_err(|_| {
        DeskError::Input(format!("“{plad}” stands for no office; give one: --map '{plad}=OFFICE'"))
    })
}
