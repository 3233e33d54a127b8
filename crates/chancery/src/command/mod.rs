//! From a parsed command line to an act of the desk and what is shown of it.

mod circulation;
mod copies;
mod drafting;
mod exposure;
mod files;
mod finding;
mod papers;
mod people;
mod picture;
mod policy;
mod postings;
mod record;
mod retention;
mod search;
mod serving;
mod tenure;
mod tokens;
mod trace;
mod vault;
mod webhooks;

use std::io::Write;
use std::path::Path;

use chancery_desk::{Archive, Clock, DeskError};
use chancery_domain::Handle;
use serde::Serialize;

use crate::cli::{Cli, Command};
pub(crate) use vault::Handed;

use crate::{demo, show};

pub(crate) use serving::open_room;

/// Why a command ended without its result.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) code: u8,
}

impl From<DeskError> for Failure {
    fn from(error: DeskError) -> Self {
        Self { code: error.exit_code(), message: error.to_string() }
    }
}

impl Failure {
    fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 2 }
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self { message: message.into(), code: 1 }
    }
}

/// What every command gets.
pub(crate) struct Context {
    archive: Option<std::path::PathBuf>,
    actor: Option<Handle>,
    json: bool,
}

impl Context {
    fn folder(&self) -> Result<&Path, Failure> {
        self.archive.as_deref().ok_or_else(|| {
            Failure::usage("say which archive: --archive DIR, or set CHANCERY_ARCHIVE")
        })
    }

    async fn open(&self) -> Result<Archive, Failure> {
        Ok(Archive::open(self.folder()?, Clock::System).await?)
    }

    fn actor(&self) -> Result<&Handle, Failure> {
        self.actor.as_ref().ok_or_else(|| Failure::usage("say who acts: --as PERSON"))
    }

    /// Prints a value as JSON, or as the given text.
    fn put<T: Serialize>(&self, value: &T, text: impl FnOnce() -> String) -> Result<(), Failure> {
        let out = if self.json {
            serde_json::to_string_pretty(value).map_err(|e| Failure::failed(e.to_string()))?
        } else {
            text()
        };
        print(&out)
    }

    fn bar(&self, what: &'static str) -> show::Progress {
        show::Progress::new(what, !self.json)
    }
}

/// Prints to standard output. A reader that went away is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let newline = if text.ends_with('\n') { "" } else { "\n" };
    match write!(out, "{text}{newline}").and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("standard output: {e}")))
        }
        _ => Ok(()),
    }
}

/// Says something beside the result.
fn note(text: &str) {
    // A closed terminal is no reason to fail.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The page on protected disclosure: for everybody, without an archive, and entered nowhere.
fn disclosure(context: &Context) -> Result<u8, Failure> {
    let text = include_str!("../../../../docs/protected-disclosure.md");
    context.put(&serde_json::json!({"text": text}), || text.to_owned())?;
    Ok(0)
}

/// Runs a command; returns the exit code.
pub(crate) async fn run(cli: Cli) -> Result<u8, Failure> {
    let context = Context { archive: cli.archive, actor: cli.actor, json: cli.json };
    match cli.command {
        Command::Demo(args) => demo::run(&args, context.json).await,
        Command::Init(args) => vault::init(&context, &args).await,
        Command::Unseal(args) => vault::unseal(&context, &args).await,
        Command::Seal => vault::seal(&context),
        Command::Agent(args) => vault::agent(&context, &args),
        Command::Vault(command) => vault::vault(&context, command).await,
        Command::Backup(args) => vault::backup(&context, args).await,
        Command::Restore(args) => vault::restore(&context, &args).await,
        Command::Disclosure => disclosure(&context),
        Command::Status => vault::status(&context).await,
        Command::Serve(args) => serving::serve(&context, args).await,
        Command::Token(command) => tokens::token(&context, command).await,
        Command::Webhook(command) => webhooks::webhook(&context, command).await,
        Command::Import(import) => papers::import(&context, import).await,
        Command::Office(command) => people::office(&context, command).await,
        Command::Person(command) => people::person(&context, command).await,
        Command::Posting(command) => postings::posting(&context, command).await,
        Command::Resignation(command) => tenure::resignation(&context, command).await,
        Command::Queue(args) => tenure::queue(&context, args).await,
        Command::Accreditation(command) => tenure::accreditation(&context, command).await,
        Command::Paper(command) => papers::paper(&context, command).await,
        Command::Inbox(args) => circulation::inbox(&context, &args).await,
        Command::Collective(command) => circulation::collective(&context, command).await,
        Command::Policy(command) => policy::policy(&context, command).await,
        Command::House(command) => circulation::house(&context, command).await,
        Command::Copies(command) => copies::copy(&context, command).await,
        Command::Expose(args) => exposure::expose(&context, args).await,
        Command::Public(command) => exposure::public(&context, command).await,
        Command::Search(command) => search::search(&context, command).await,
        Command::Watch(command) => search::watch(&context, command).await,
        Command::Trace(args) => trace::trace(&context, args).await,
        Command::Picture { files } => picture::check(&context, &files),
        Command::Inquiry(command) => trace::inquiry(&context, command).await,
        Command::Finding(command) => finding::finding(&context, command).await,
        Command::Record(command) => record::record(&context, command).await,
        Command::Witness(command) => record::witness(&context, command).await,
    }
}
