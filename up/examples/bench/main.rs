//! What a function costs: its start, its memory, its size and a call, beside a hello-world and beside Python with boto3.
//!
//! The local cloud plays AWS for all of them in the same run, so that the figures can be compared with each other; they
//! are not those of AWS. `cargo xtask bench` builds what is measured and starts this.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench that cannot be set up must end; it talks to a terminal"
)]

mod load;
mod report;
mod runtime_api;
mod world;

use std::{collections::BTreeMap, path::PathBuf};

use lexopt::prelude::{Long, Value, ValueExt};
use report::Figures;
use runtime_api::{Life, Program};
use serde_json::json;
use world::World;

/// Lives of each process; medians are shown.
const LIVES: usize = 15;
/// Calls of the one life whose CPU time and memory are taken.
const WARM_CALLS: usize = 500;

/// What the command line says.
#[derive(Default)]
struct Arguments {
    bin_dir: PathBuf,
    hello: PathBuf,
    python: PathBuf,
    handler: PathBuf,
    json: PathBuf,
    names: Vec<String>,
}

fn arguments() -> Result<Arguments, lexopt::Error> {
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("bin-dir") => arguments.bin_dir = parser.value()?.into(),
            Long("hello") => arguments.hello = parser.value()?.into(),
            Long("python") => arguments.python = parser.value()?.into(),
            Long("handler") => arguments.handler = parser.value()?.into(),
            Long("json") => arguments.json = parser.value()?.into(),
            Value(name) => arguments.names.push(name.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(arguments)
}

#[tokio::main]
async fn main() {
    let arguments = arguments().unwrap();
    let world = World::make().await;

    let (mut programs, sample) = (Vec::new(), world.event("/api/system/health"));
    programs.push(("hello".to_owned(), Program::new(&arguments.hello, BTreeMap::new()), sample.clone()));
    for name in &arguments.names {
        let path = world.read_of(name).unwrap_or_else(|| panic!("{name} has no read whose parameters the bench knows"));
        let program = Program::new(&arguments.bin_dir.join(name), world.environment(name));
        programs.push((name.clone(), program, world.event(&path)));
    }
    let mut python = Program::new(&arguments.python, world.environment_of_a_guest());
    python.arguments.push(arguments.handler);
    programs.push(("python + boto3".to_owned(), python, sample));

    // In turn, so that a busy minute of the machine meets all of them.
    let mut lives: Vec<Vec<Life>> = programs.iter().map(|_| Vec::new()).collect();
    for _ in 0..LIVES {
        for ((_, program, event), lives) in programs.iter().zip(&mut lives) {
            lives.push(program.live(event, 0).await);
        }
    }
    let mut figures = Vec::new();
    for ((name, program, event), lives) in programs.iter().zip(lives) {
        let warm = program.live(event, WARM_CALLS).await;
        figures.push(Figures::of(name, program, lives, warm));
    }
    let load = load::measure(&world).await;

    let missed = report::goals(&figures);
    println!("{}\n\n{}", report::functions(&figures), report::load(&load));
    for sentence in &missed {
        println!("MISSED  {sentence}");
    }
    let json = json!({ "functions": figures, "requests": load, "missed": missed });
    std::fs::write(&arguments.json, format!("{json:#}\n")).unwrap();
    world.stop().await;
}
