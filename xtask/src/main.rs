//! The developer's commands: `cargo xtask up`, `test`, `bench`.
//!
//! They install what they miss into `target/` (Python tools in `target/venv`) or say exactly what to install. Nothing
//! of the product may enter here: this crate is compiled before everything else, so it stays small.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "commands talk to a terminal")]

mod bench;
mod edge;
mod gutenberg;
mod model;
mod moto;
mod node;
mod python;
mod shell;
mod steps;
mod test;
mod up;
mod web;

use std::process::ExitCode;

use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::{
    shell::{Fault, Result},
    test::{Aws, TestOptions},
};

const HELP: &str = "\
The developer's commands of IGNY8.

cargo xtask up [ARGUMENTS]      build and run the local cloud (igny8-up); its environment is this one
cargo xtask test                everything that CI checks, a table of times at the end
    --only STEP                 one step (may be repeated): fmt, template, parity, clippy, deny, web, edge, test, gutenberg, docs, openapi, lambda, model, browser
    --aws moto                  the short way through and the table's conformance suite on moto_server
cargo xtask bench [BINARY...]   measure everything beside its peers; functions named are built for release and measured alone
cargo xtask bench blocks        the rendering of articles alone; reader: of answers read; clustering: of keywords (needs IGNY8_SHARED)
cargo xtask venv GROUP          make the Python tools of xtask/requirements/GROUP.txt and say where they are
";

enum Command {
    Up(Vec<std::ffi::OsString>),
    Test(TestOptions),
    Bench(Vec<String>),
    Venv(String),
    Help,
}

fn main() -> ExitCode {
    match read().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result {
    match command {
        Command::Up(arguments) => up::run_local_cloud(&arguments),
        Command::Test(options) => test::run(&options),
        Command::Bench(binaries) => bench::run_bench(&binaries),
        Command::Venv(group) => {
            println!("{}", python::venv(&group)?.display());
            Ok(())
        }
        Command::Help => {
            print!("{HELP}");
            Ok(())
        }
    }
}

fn read() -> Result<Command> {
    let mut parser = lexopt::Parser::from_env();
    let name = match parser.next()? {
        Some(Value(name)) => name.string()?,
        None | Some(Long("help") | Short('h')) => return Ok(Command::Help),
        Some(other) => return Err(other.unexpected().into()),
    };
    match name.as_str() {
        // Everything after `up` belongs to the local cloud.
        "up" => Ok(Command::Up(parser.raw_args()?.collect())),
        "test" => {
            let mut options = TestOptions::default();
            while let Some(argument) = parser.next()? {
                match argument {
                    Long("only") => options.only.push(parser.value()?.string()?),
                    Long("aws") => match parser.value()?.string()?.as_str() {
                        "moto" => options.aws = Aws::Moto,
                        "local" => options.aws = Aws::Local,
                        other => return Err(Fault::new(format!("--aws takes local or moto, not {other}"))),
                    },
                    Long("help") | Short('h') => return Ok(Command::Help),
                    other => return Err(other.unexpected().into()),
                }
            }
            Ok(Command::Test(options))
        }
        "bench" | "venv" => {
            let mut names = Vec::new();
            while let Some(argument) = parser.next()? {
                match argument {
                    Value(value) => names.push(value.string()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            match (name.as_str(), names.as_slice()) {
                ("bench", _) => Ok(Command::Bench(names)),
                (_, [group]) => Ok(Command::Venv(group.clone())),
                _ => Err(Fault::new("venv takes one group: a file name in xtask/requirements without .txt")),
            }
        }
        "help" => Ok(Command::Help),
        other => Err(Fault::new(format!("there is no command {other}\n\n{HELP}"))),
    }
}
