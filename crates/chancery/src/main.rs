//! The `chancery` program: reads the command line, calls one act of the desk, shows its result.
//!
//! In scope: arguments, files named by the user, tables and findings on the terminal, exit codes. Out of
//! scope: rules, keys, marks; those are the desk's and below.
//!
//! Exit codes: 0 done (also "nothing found"), 1 failed, 2 wrong usage, 3 refused by a rule, 4 sealed.

mod cli;
mod command;
mod demo;
mod show;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::command::Failure;

fn main() -> ExitCode {
    chancery_desk::shelter();
    if let Some(code) = chancery_desk::reading_child() {
        return code;
    }
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(command::run(cli)),
        Err(error) => Err(Failure { message: error.to_string(), code: 1 }),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            // A closed terminal is no reason to lose the exit code.
            let _ = writeln!(std::io::stderr(), "chancery: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}
