//! Trust policies (C2SP tlog-policy): which logs and witnesses count, and how many witnesses are enough.
//!
//! A [`Policy`] is read from a file and judges checkpoints. Asking witnesses for their signatures, and what
//! to do when too few answer, belongs to others.

use crate::checkpoint::{CheckpointError, SignedCheckpoint, VerifiedCheckpoint};
use crate::key::{KeyError, KeyKind, VerifierKey};
use crate::text;

/// The longest policy file, in bytes.
pub const POLICY_BYTES_MAX: usize = 256 * 1024;

/// The most logs, witnesses and groups, each. The specification asks for at least 32.
pub const POLICY_LINES_MAX: usize = 256;

/// Why a policy file is refused. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// More than [`POLICY_BYTES_MAX`] bytes or [`POLICY_LINES_MAX`] logs, witnesses or groups.
    #[error(
        "the policy is too long: at most {POLICY_BYTES_MAX} bytes and {POLICY_LINES_MAX} logs, witnesses and groups each"
    )]
    TooLong,
    /// A control character other than tab and newline, or no newline at the end.
    #[error(
        "the policy is no plain text of whole lines: end the last line, use no other characters"
    )]
    NotText,
    /// A line that is none of the five forms.
    #[error(
        "line {0} of the policy is malformed: write `log VKEY [URL]`, `witness NAME VKEY [URL]`, `group NAME K|any|all NAME...` or `quorum NAME|none`"
    )]
    Line(usize),
    /// A verifier key that cannot be used.
    #[error("line {0} of the policy: {1}")]
    Key(usize, KeyError),
    /// A log's key where a witness's must stand, or the other way round.
    #[error("line {0} of the policy: a log has a key of type 1, a witness one of type 4")]
    WrongKind(usize),
    /// A name or a public key that stands there already.
    #[error("line {0} of the policy repeats a name or a key: give each once")]
    Repeated(usize),
    /// A name that is not defined above.
    #[error("line {0} of the policy uses a name that no line above it defines")]
    Undefined(usize),
    /// A group whose number is below one or above its members.
    #[error("line {0} of the policy: a group wants at least one and at most all of its members")]
    Threshold(usize),
    /// No quorum, or more than one.
    #[error("a policy has exactly one line `quorum NAME`, or `quorum none`")]
    Quorum,
}

/// How a checkpoint stands under a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// No witness of the policy has signed: the log's operator could have shown another one to others.
    Unwitnessed,
    /// Some have, but not as many as the quorum wants.
    BelowQuorum,
    /// As many as the quorum wants, and at least one.
    Witnessed,
}

impl Standing {
    /// The one word for it, on the command line and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unwitnessed => "unwitnessed",
            Self::BelowQuorum => "below-quorum",
            Self::Witnessed => "witnessed",
        }
    }
}

/// A log that a policy accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key, whose name is the log's origin.
    pub key: VerifierKey,
    /// Where it is served, if the policy says.
    pub url: Option<String>,
}

/// A witness that a policy counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    /// Its name within the policy.
    pub name: String,
    /// Its key.
    pub key: VerifierKey,
    /// The prefix to which checkpoints are submitted, if the policy says.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    wanted: usize,
    members: Vec<Member>,
}

/// Logs, witnesses and the quorum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    groups: Vec<Group>,
    quorum: Option<Member>,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// The variants of [`PolicyError`], with the number of the line.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > POLICY_BYTES_MAX {
            return Err(PolicyError::TooLong);
        }
        let allowed = |byte: &u8| matches!(byte, b'\t' | b'\n' | 0x20..=0x7e | 0x80..);
        if !bytes.iter().all(allowed) || bytes.last() != Some(&b'\n') {
            return Err(PolicyError::NotText);
        }
        let mut reading = Reading::default();
        for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
            reading.line(number, line)?;
        }
        let Reading { policy, quorum, .. } = reading;
        if quorum { Ok(policy) } else { Err(PolicyError::Quorum) }
    }

    /// The logs, in the order of the file. There may be none.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The witnesses, in the order of the file.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Whether any cosignature is required.
    pub const fn wants_witnesses(&self) -> bool {
        self.quorum.is_some()
    }

    /// Verifies a checkpoint of one of the policy's logs, and says how it stands.
    ///
    /// # Errors
    /// [`CheckpointError::UnknownLog`] when no line names its log, and those of
    /// [`SignedCheckpoint::verify`].
    pub fn judge(
        &self,
        signed: &SignedCheckpoint,
    ) -> Result<(VerifiedCheckpoint, Standing), CheckpointError> {
        let origin = signed.claimed().origin();
        // One log may have several keys; the checkpoint counts if any of them has signed it.
        let mut outcome = Err(CheckpointError::UnknownLog(origin.clone()));
        for log in self.logs.iter().filter(|log| log.key.name() == origin) {
            outcome = self.judge_as(signed, &log.key);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// As [`Self::judge`], for a log that is known from elsewhere.
    ///
    /// # Errors
    /// Those of [`SignedCheckpoint::verify`].
    pub fn judge_as(
        &self,
        signed: &SignedCheckpoint,
        log: &VerifierKey,
    ) -> Result<(VerifiedCheckpoint, Standing), CheckpointError> {
        let keys: Vec<_> = self.witnesses.iter().map(|witness| witness.key.clone()).collect();
        let verified = signed.verify(log, &keys)?;
        let standing = self.standing(&verified);
        Ok((verified, standing))
    }

    /// How a checkpoint stands whose signatures were verified.
    pub fn standing(&self, verified: &VerifiedCheckpoint) -> Standing {
        let signed: Vec<bool> = self
            .witnesses
            .iter()
            .map(|witness| verified.cosignatures().iter().any(|by| *by.key() == witness.key))
            .collect();
        // A group only names what stands above it, so one pass settles them all.
        let mut groups: Vec<bool> = Vec::new();
        let has = |member: &Member, groups: &[bool]| match *member {
            Member::Witness(at) => signed.get(at).copied().unwrap_or_default(),
            Member::Group(at) => groups.get(at).copied().unwrap_or_default(),
        };
        for group in &self.groups {
            let reached = group.members.iter().filter(|member| has(member, &groups)).count();
            groups.push(reached >= group.wanted);
        }
        let enough = self.quorum.is_none_or(|member| has(&member, &groups));
        match (enough, signed.contains(&true)) {
            (_, false) => Standing::Unwitnessed,
            (false, true) => Standing::BelowQuorum,
            (true, true) => Standing::Witnessed,
        }
    }
}

/// A policy half read: what is defined so far, and which names were taken up by a group.
struct Reading {
    policy: Policy,
    names: Vec<(Vec<u8>, Member, bool)>,
    quorum: bool,
}

impl Default for Reading {
    fn default() -> Self {
        let policy =
            Policy { logs: Vec::new(), witnesses: Vec::new(), groups: Vec::new(), quorum: None };
        Self { policy, names: Vec::new(), quorum: false }
    }
}

impl Reading {
    fn line(&mut self, number: usize, line: &[u8]) -> Result<(), PolicyError> {
        let items: Vec<&[u8]> = line
            .split(|byte| matches!(byte, b' ' | b'\t'))
            .filter(|item| !item.is_empty())
            .collect();
        match items.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] => self.log(number, key, None),
            [b"log", key, url] => self.log(number, key, Some(url)),
            [b"witness", name, key] => self.witness(number, name, key, None),
            [b"witness", name, key, url] => self.witness(number, name, key, Some(url)),
            [b"group", name, wanted, members @ ..] => self.group(number, name, wanted, members),
            [b"quorum", name] => self.set_quorum(number, name),
            _ => Err(PolicyError::Line(number)),
        }
    }

    fn log(&mut self, number: usize, key: &[u8], url: Option<&[u8]>) -> Result<(), PolicyError> {
        let logs = &mut self.policy.logs;
        let key = verifier_key(number, key, KeyKind::Log)?;
        if logs.iter().any(|log| log.key.public_key() == key.public_key()) {
            return Err(PolicyError::Repeated(number));
        }
        let url = url.map(|url| utf8(number, url)).transpose()?;
        push(logs, PolicyLog { key, url })
    }

    fn witness(
        &mut self,
        number: usize,
        name: &[u8],
        key: &[u8],
        url: Option<&[u8]>,
    ) -> Result<(), PolicyError> {
        let key = verifier_key(number, key, KeyKind::Cosigner)?;
        let witnesses = &mut self.policy.witnesses;
        if witnesses.iter().any(|witness| witness.key.public_key() == key.public_key()) {
            return Err(PolicyError::Repeated(number));
        }
        let url = url.map(|url| utf8(number, url)).transpose()?;
        let at = Member::Witness(witnesses.len());
        let shown = String::from_utf8_lossy(name).into_owned();
        push(witnesses, PolicyWitness { name: shown, key, url })?;
        self.define(number, name, at)
    }

    fn group(
        &mut self,
        number: usize,
        name: &[u8],
        wanted: &[u8],
        members: &[&[u8]],
    ) -> Result<(), PolicyError> {
        let members: Vec<Member> =
            members.iter().map(|name| self.take(number, name)).collect::<Result<_, _>>()?;
        let wanted = match wanted {
            b"any" => 1,
            b"all" => members.len(),
            digits => {
                let digits = std::str::from_utf8(digits).map_err(|_| PolicyError::Line(number))?;
                let wanted = text::decimal(digits, POLICY_LINES_MAX as u64);
                let wanted = wanted.ok_or(PolicyError::Line(number))?;
                usize::try_from(wanted).map_err(|_| PolicyError::Threshold(number))?
            }
        };
        if !(1..=members.len()).contains(&wanted) {
            return Err(PolicyError::Threshold(number));
        }
        let at = Member::Group(self.policy.groups.len());
        push(&mut self.policy.groups, Group { wanted, members })?;
        self.define(number, name, at)
    }

    fn set_quorum(&mut self, number: usize, name: &[u8]) -> Result<(), PolicyError> {
        if self.quorum {
            return Err(PolicyError::Quorum);
        }
        self.quorum = true;
        if name != b"none" {
            let found = self.names.iter().find(|(known, ..)| known == name);
            self.policy.quorum = Some(found.ok_or(PolicyError::Undefined(number))?.1);
        }
        Ok(())
    }

    fn define(&mut self, number: usize, name: &[u8], member: Member) -> Result<(), PolicyError> {
        if name == b"none" || self.names.iter().any(|(known, ..)| known == name) {
            return Err(PolicyError::Repeated(number));
        }
        self.names.push((name.to_vec(), member, false));
        Ok(())
    }

    /// A member of a group. Each name goes into one group at most, so that a witness counts in one way only.
    fn take(&mut self, number: usize, name: &[u8]) -> Result<Member, PolicyError> {
        let found = self.names.iter_mut().find(|(known, ..)| known == name);
        let (_, member, taken) = found.ok_or(PolicyError::Undefined(number))?;
        if std::mem::replace(taken, true) {
            return Err(PolicyError::Repeated(number));
        }
        Ok(*member)
    }
}

fn push<T>(list: &mut Vec<T>, item: T) -> Result<(), PolicyError> {
    if list.len() >= POLICY_LINES_MAX {
        return Err(PolicyError::TooLong);
    }
    list.push(item);
    Ok(())
}

fn utf8(number: usize, bytes: &[u8]) -> Result<String, PolicyError> {
    String::from_utf8(bytes.to_vec()).map_err(|_| PolicyError::Line(number))
}

fn verifier_key(number: usize, key: &[u8], kind: KeyKind) -> Result<VerifierKey, PolicyError> {
    let key: VerifierKey =
        utf8(number, key)?.parse().map_err(|error| PolicyError::Key(number, error))?;
    if key.kind() == kind { Ok(key) } else { Err(PolicyError::WrongKind(number)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cosigner, Hash, LogSigner};

    fn witness(number: u8) -> Cosigner {
        Cosigner::from_seed(&format!("witness{number}.example"), &[100 + number; 32]).unwrap()
    }

    fn log() -> LogSigner {
        LogSigner::from_seed("archive.example/record", &[1; 32]).unwrap()
    }

    fn named(number: u8) -> String {
        format!("witness W{number} {}\n", witness(number).verifier_key())
    }

    fn standing(policy: &str, signers: &[u8]) -> Standing {
        let mut signed = log().sign_checkpoint(1, Hash::leaf(b"x")).unwrap();
        for number in signers {
            let line = witness(*number).cosign(signed.claimed(), 7).unwrap();
            signed.add_signature(line).unwrap();
        }
        let policy = format!("log {}\n{policy}", log().verifier_key());
        Policy::parse(policy.as_bytes()).unwrap().judge(&signed).unwrap().1
    }

    #[test]
    fn the_quorum_of_two_levels_is_that_of_the_specification() {
        let five: String = (1..=5).map(named).collect();
        let policy = format!(
            "{five}group X 2 W1 W2 W3\ngroup Y any W4 W5\ngroup both all X Y\nquorum both\n"
        );
        assert_eq!(standing(&policy, &[]), Standing::Unwitnessed);
        for short in [&[1][..], &[1, 2], &[1, 2, 3], &[4, 5], &[1, 4, 5]] {
            assert_eq!(standing(&policy, short), Standing::BelowQuorum, "{short:?}");
        }
        for enough in [&[1, 2, 4][..], &[2, 3, 5], &[1, 2, 3, 4, 5]] {
            assert_eq!(standing(&policy, enough), Standing::Witnessed, "{enough:?}");
        }
        // A stranger's signature is no witness's.
        assert_eq!(standing(&policy, &[6, 7, 8]), Standing::Unwitnessed);
    }

    #[test]
    fn without_a_quorum_one_witness_is_enough_and_none_is_said() {
        let policy = format!("\t# comment\n \n{}quorum none\n", named(1));
        assert_eq!(standing(&policy, &[]), Standing::Unwitnessed);
        assert_eq!(standing(&policy, &[1]), Standing::Witnessed);
    }

    #[test]
    fn a_checkpoint_of_another_log_is_not_judged() {
        let policy = Policy::parse(b"quorum none\n").unwrap();
        let signed = log().sign_checkpoint(1, Hash::leaf(b"x")).unwrap();
        assert!(matches!(policy.judge(&signed), Err(CheckpointError::UnknownLog(_))));
        assert!(policy.judge_as(&signed, &log().verifier_key()).is_ok());
    }

    #[test]
    fn what_the_specification_forbids_is_refused_with_its_line() {
        let (one, two) = (named(1), named(2));
        let log = log().verifier_key();
        let renamed = one.replace("W1", "V");
        let refused = [
            (String::new(), PolicyError::NotText),
            ("quorum none".into(), PolicyError::NotText),
            ("quorum none\r\n".into(), PolicyError::NotText),
            ("\n".into(), PolicyError::Quorum),
            ("quorum none\nquorum none\n".into(), PolicyError::Quorum),
            ("quorum W1\n".into(), PolicyError::Undefined(1)),
            (format!("quorum W1\n{one}"), PolicyError::Undefined(1)),
            (format!("{one}{one}quorum none\n"), PolicyError::Repeated(2)),
            (format!("{one}{renamed}quorum none\n"), PolicyError::Repeated(2)),
            (format!("log {log}\nlog {log} url\nquorum none\n"), PolicyError::Repeated(2)),
            (format!("witness W {log}\nquorum none\n"), PolicyError::WrongKind(1)),
            (format!("{}quorum none\n", one.replace("W1", "none")), PolicyError::Repeated(1)),
            (format!("{one}group G 0 W1\nquorum G\n"), PolicyError::Threshold(2)),
            (format!("{one}group G 2 W1\nquorum G\n"), PolicyError::Threshold(2)),
            (format!("{one}group G any\nquorum G\n"), PolicyError::Threshold(2)),
            (format!("{one}group G 01 W1\nquorum G\n"), PolicyError::Line(2)),
            (format!("{one}group G any W1 W1\nquorum G\n"), PolicyError::Repeated(2)),
            (
                format!("{one}{two}group G any W1\ngroup H any W1 W2\nquorum H\n"),
                PolicyError::Repeated(4),
            ),
            (format!("{one}group G any none\nquorum G\n"), PolicyError::Undefined(2)),
            ("Quorum none\n".into(), PolicyError::Line(1)),
            ("witness W key\nquorum none\n".into(), PolicyError::Key(1, KeyError::Shape)),
        ];
        for (text, error) in refused {
            assert_eq!(Policy::parse(text.as_bytes()), Err(error), "{text:?}");
        }
        assert_eq!(Policy::parse(&vec![b'#'; POLICY_BYTES_MAX + 1]), Err(PolicyError::TooLong));
    }
}
