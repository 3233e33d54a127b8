//! The agent: the one process that holds the root key of an unsealed archive, in memory and nowhere else.
//!
//! It is started by the first share, gathers the others, and then gives the key to programs of the same account
//! over a socket in the archive's folder until the archive is sealed, its time is up, or the machine stops.
//! Without enough shares it ends by itself. It writes nothing to the disk, and asks the system not to write its
//! memory either (no core dumps, no swap, as far as the system lets it).
//!
//! What it does not stop: whoever can run programs as this account, or is root, can have the key while the archive
//! is open. `THREATS.md` says so.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chancery_vault::{RootKey, Share};
use serde::{Deserialize, Serialize};

use crate::DeskError;
use crate::custody::ShareNotes;

/// How long shares are gathered before they are forgotten.
pub const GATHERING: Duration = Duration::from_secs(30 * 60);
/// How long an archive stays open when nothing else is said.
pub const USUAL_OPENING: Duration = Duration::from_secs(8 * 60 * 60);

/// How far an archive is unsealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsealing {
    /// Whether it is open.
    pub open: bool,
    /// Shares that were given.
    pub given: u8,
    /// Shares that are needed.
    pub needed: u8,
}

/// The root key, from the agent.
pub(crate) fn root(folder: &Path, notes: &ShareNotes) -> Result<RootKey, DeskError> {
    let sealed = || {
        let given = unsealing(folder).ok().flatten().map_or(0, |state| state.given);
        DeskError::Sealed { given, needed: notes.threshold }
    };
    let id = notes.root_id()?;
    system::key(folder)?.filter(|root| root.id() == id).ok_or_else(sealed)
}

/// How far an archive in shares mode is unsealed; `None` in key file mode.
///
/// # Errors
/// When its notes cannot be read.
pub fn unsealing(folder: &Path) -> Result<Option<Unsealing>, DeskError> {
    let Some(notes) = ShareNotes::of_archive(folder)? else { return Ok(None) };
    let asleep = Unsealing { open: false, given: 0, needed: notes.threshold };
    Ok(Some(system::state(folder)?.unwrap_or(asleep)))
}

/// Gives one share to the agent of an archive, which must be running ([`agent_runs`]).
///
/// # Errors
/// When the share is not good (it is named), or there is no agent.
pub fn give_share(folder: &Path, share: &Share) -> Result<Unsealing, DeskError> {
    system::give(folder, share)
}

/// Whether an agent is running for an archive.
#[must_use]
pub fn agent_runs(folder: &Path) -> bool {
    matches!(system::state(folder), Ok(Some(_)))
}

/// Ends the agent of an archive; `false` when none was running.
///
/// # Errors
/// When it does not answer.
pub fn seal_archive(folder: &Path) -> Result<bool, DeskError> {
    system::end(folder)
}

/// Runs the agent in this process until the archive is sealed. Calls `ready` once it answers.
///
/// # Errors
/// When the archive's key is in a file, another agent is running, or the socket cannot be made.
pub fn run_agent(folder: &Path, open_for: Duration, ready: impl FnOnce()) -> Result<(), DeskError> {
    system::run(folder, open_for, ready)
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("agent.sock")
}

#[cfg(not(unix))]
mod system {
    //! Without Unix sockets there is no agent, so an archive in shares mode stays sealed.

    use super::*;

    fn none() -> DeskError {
        DeskError::Archive("shares need a Unix system; use a key file here".into())
    }

    pub(super) fn key(_: &Path) -> Result<Option<RootKey>, DeskError> {
        Err(none())
    }

    pub(super) fn state(_: &Path) -> Result<Option<Unsealing>, DeskError> {
        Ok(None)
    }

    pub(super) fn give(_: &Path, _: &Share) -> Result<Unsealing, DeskError> {
        Err(none())
    }

    pub(super) fn end(_: &Path) -> Result<bool, DeskError> {
        Ok(false)
    }

    pub(super) fn run(_: &Path, _: Duration, _: impl FnOnce()) -> Result<(), DeskError> {
        Err(none())
    }
}

#[cfg(unix)]
mod system {
    use std::fs::{self, File, Permissions};
    use std::io::{ErrorKind, Read, Write};
    use std::net::Shutdown;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
    use std::thread;

    use chancery_vault::{Gathering, KEY_BYTES, SHARE_BYTES_MAX};
    use fs4::FileExt;
    use zeroize::{Zeroize as _, Zeroizing};

    use super::*;

    /// Longest question and answer, in bytes.
    const MAX_MESSAGE: usize = SHARE_BYTES_MAX + 64;
    /// How long either side waits for the other.
    const PATIENCE: Duration = Duration::from_secs(10);

    const KEY: &[u8] = b"key\n";
    const STATE: &[u8] = b"state\n";
    const SEAL: &[u8] = b"seal\n";
    const SHARE: &[u8] = b"share\n";

    // --- Asking ---------------------------------------------------------------------------------

    /// The answer to a question; `None` when there is no agent.
    fn ask(folder: &Path, question: &[&[u8]]) -> Result<Option<Zeroizing<Vec<u8>>>, DeskError> {
        let path = socket(folder);
        let mut stream = match UnixStream::connect(&path) {
            Ok(stream) => stream,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
                return Ok(None);
            }
            Err(error) => return Err(DeskError::File { path, error }),
        };
        let mut exchange = || -> std::io::Result<Zeroizing<Vec<u8>>> {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            for part in question {
                stream.write_all(part)?;
            }
            stream.shutdown(Shutdown::Write)?;
            read(&mut stream)
        };
        let answer = exchange().map_err(DeskError::file(&path))?;
        match answer.strip_prefix(b"no ".as_slice()) {
            Some(words) => Err(DeskError::Input(String::from_utf8_lossy(words).into_owned())),
            None => Ok(Some(answer)),
        }
    }

    /// Reads to the end into one allocation: a growing one would leave copies of secrets behind.
    fn read(stream: &mut UnixStream) -> std::io::Result<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(vec![0; MAX_MESSAGE]);
        let mut length = 0;
        while length < bytes.len() {
            match stream.read(&mut bytes[length..])? {
                0 => break,
                n => length += n,
            }
        }
        bytes.truncate(length);
        Ok(bytes)
    }

    pub(super) fn key(folder: &Path) -> Result<Option<RootKey>, DeskError> {
        let Some(answer) = ask(folder, &[KEY])? else { return Ok(None) };
        let key = answer.strip_prefix(KEY).map(<[u8; KEY_BYTES]>::try_from);
        let Some(Ok(mut key)) = key else { return Ok(None) };
        let root = RootKey::from_bytes(key);
        key.zeroize();
        Ok(Some(root))
    }

    fn parse(answer: &[u8]) -> Result<Unsealing, DeskError> {
        serde_json::from_slice(answer).map_err(|_| {
            DeskError::Archive("the agent's answer cannot be read; run: chancery seal".into())
        })
    }

    pub(super) fn state(folder: &Path) -> Result<Option<Unsealing>, DeskError> {
        ask(folder, &[STATE])?.map(|answer| parse(&answer)).transpose()
    }

    pub(super) fn give(folder: &Path, share: &Share) -> Result<Unsealing, DeskError> {
        let phrase = share.phrase();
        let answer = ask(folder, &[SHARE, phrase.as_bytes()])?;
        parse(&answer.ok_or_else(|| DeskError::Archive("the agent has ended; begin again".into()))?)
    }

    pub(super) fn end(folder: &Path) -> Result<bool, DeskError> {
        Ok(ask(folder, &[SEAL])?.is_some())
    }

    // --- Answering ------------------------------------------------------------------------------

    /// What the agent knows.
    struct Agent {
        gathering: Gathering,
        root: Option<RootKey>,
        socket: PathBuf,
        /// Held while the agent runs.
        lock: File,
    }

    impl Agent {
        fn state(&self) -> Vec<u8> {
            let given = u8::try_from(self.gathering.given()).unwrap_or(u8::MAX);
            let needed = self.gathering.needed();
            let open = self.root.is_some();
            let given = if open { needed } else { given };
            serde_json::to_vec(&Unsealing { open, given, needed }).unwrap_or_default()
        }

        /// Wipes the key and makes room: from here on another agent may begin, and its socket is its own.
        fn let_go(&mut self) {
            self.root = None;
            let _ = fs::remove_file(&self.socket);
            let _ = FileExt::unlock(&self.lock);
        }

        /// Ends the process; keys are wiped before.
        fn end(&mut self) -> ! {
            self.let_go();
            std::process::exit(0);
        }
    }

    fn locked(agent: &Mutex<Agent>) -> MutexGuard<'_, Agent> {
        agent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn run(
        folder: &Path,
        open_for: Duration,
        ready: impl FnOnce(),
    ) -> Result<(), DeskError> {
        let notes = ShareNotes::of_archive(folder)?.ok_or_else(|| {
            DeskError::Input(
                "the archive's key is in its key file; there is nothing to unseal".into(),
            )
        })?;
        shelter();
        let path = socket(folder);
        let lock = folder.join("agent.lock");
        let lock_file = File::options().create(true).truncate(false).write(true).open(&lock);
        let lock_file = lock_file.map_err(DeskError::file(&lock))?;
        if FileExt::try_lock(&lock_file).is_err() {
            return Err(DeskError::Archive("another agent is running for this archive".into()));
        }
        // Whoever left it is gone: the lock is ours.
        let _ = fs::remove_file(&path);
        let listener = UnixListener::bind(&path).map_err(DeskError::file(&path))?;
        fs::set_permissions(&path, Permissions::from_mode(0o600))
            .map_err(DeskError::file(&path))?;
        let agent =
            Agent { gathering: notes.gathering()?, root: None, socket: path, lock: lock_file };
        let agent = Arc::new(Mutex::new(agent));
        end_after(&agent, GATHERING, |agent| agent.root.is_none());
        ready();
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            if !is_ours(&stream) {
                continue;
            }
            let _ = stream.set_read_timeout(Some(PATIENCE));
            let _ = stream.set_write_timeout(Some(PATIENCE));
            let Ok(question) = read(&mut stream) else { continue };
            // Whoever asked may have gone.
            let _ = answer(&agent, &question, &mut stream, open_for);
        }
        Ok(())
    }

    fn answer(
        agent: &Arc<Mutex<Agent>>,
        question: &[u8],
        stream: &mut UnixStream,
        open_for: Duration,
    ) -> std::io::Result<()> {
        let mut held = locked(agent);
        match question {
            STATE => stream.write_all(&held.state()),
            KEY => match &held.root {
                Some(root) => {
                    root.lend(|key| stream.write_all(KEY).and_then(|()| stream.write_all(key)))
                }
                None => Ok(()),
            },
            SEAL => {
                // Whoever is told that it is sealed may open it again at once.
                held.let_go();
                let _ = stream.write_all(b"sealed");
                let _ = stream.shutdown(Shutdown::Both);
                std::process::exit(0)
            }
            _ => match question.strip_prefix(SHARE).map(Share::parse) {
                None => stream.write_all(b"no the agent was not asked anything it knows"),
                Some(Err(error)) => stream.write_all(format!("no {error}").as_bytes()),
                Some(Ok(_)) if held.root.is_some() => {
                    stream.write_all(b"no the archive is open already")
                }
                Some(Ok(share)) => match held.gathering.give(share) {
                    Err(error) => stream.write_all(format!("no {error}").as_bytes()),
                    Ok(None) => stream.write_all(&held.state()),
                    Ok(Some(root)) => {
                        held.root = Some(root);
                        end_after(agent, open_for, |_| true);
                        stream.write_all(&held.state())
                    }
                },
            },
        }
    }

    /// Ends the agent after a time, if it is then as `when` says.
    fn end_after(agent: &Arc<Mutex<Agent>>, time: Duration, when: fn(&Agent) -> bool) {
        let agent = Arc::clone(agent);
        thread::spawn(move || {
            thread::sleep(time);
            let mut agent = locked(&agent);
            if when(&agent) {
                agent.end();
            }
        });
    }

    /// Whether the other end belongs to this account, or to root.
    fn is_ours(stream: &UnixStream) -> bool {
        #[cfg(target_os = "linux")]
        {
            let own = rustix::process::geteuid();
            rustix::net::sockopt::socket_peercred(stream)
                .is_ok_and(|other| other.uid == own || other.uid.is_root())
        }
        // Elsewhere the modes of socket and folder alone keep others out.
        #[cfg(not(target_os = "linux"))]
        {
            let _ = stream;
            true
        }
    }

    /// Asks the system to write this process's memory nowhere, and to leave it alone when the terminal closes.
    fn shelter() {
        crate::shelter();
        #[cfg(target_os = "linux")]
        {
            use rustix::mm::{MlockAllFlags, mlockall};
            // Small limits on locked memory are usual; then swap has to be encrypted or off.
            let _ = mlockall(MlockAllFlags::CURRENT);
        }
        let _ = rustix::process::setsid();
    }
}

/// Asks the system not to write this process's memory to a core file, which could hold keys and papers.
pub fn shelter() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        let _ = setrlimit(Resource::Core, none);
    }
    #[cfg(target_os = "linux")]
    {
        let behaviour = rustix::process::DumpableBehavior::NotDumpable;
        let _ = rustix::process::set_dumpable_behavior(behaviour);
    }
}
