//! `cargo xtask up`: builds the local cloud and becomes it.

use std::{ffi::OsString, process::Command};

use crate::{
    shell::{Fault, Result, Workspace, cargo, find, root, run, target},
    web,
};

/// Package and binary of the local cloud.
const LOCAL_CLOUD: &str = "igny8-up";

pub fn run_local_cloud(arguments: &[OsString]) -> Result {
    // The local cloud's table is SQLite, which is compiled from C.
    if find("cc").is_none() {
        return Err(Fault::new("there is no C compiler (cc). On Debian: apt-get install gcc libc6-dev"));
    }
    if !Workspace::load()?.has_binary(LOCAL_CLOUD) {
        return Err(Fault::new(format!("no crate of this workspace builds the binary {LOCAL_CLOUD}")));
    }
    // Everything but the pages works without them.
    if let Err(fault) = web::build() {
        eprintln!("the pages are not built, / says only where the API is: {fault}");
    }
    run(cargo().args(["build", "--locked", "--bin", LOCAL_CLOUD]))?;
    // It runs in the root, wherever the command was given: template.yaml and the default .igny8/ are there.
    let mut command = Command::new(target().join("debug").join(LOCAL_CLOUD));
    command.args(arguments).current_dir(root());
    become_it(command)
}

/// The local cloud takes our place, so that signals and the terminal are its own.
#[cfg(unix)]
fn become_it(mut command: Command) -> Result {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(Fault::new(format!("{LOCAL_CLOUD} could not be started: {error}")))
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result {
    use crate::shell::Doing;
    let status = command.status().doing(LOCAL_CLOUD)?;
    if status.success() { Ok(()) } else { Err(Fault::new(format!("{LOCAL_CLOUD} ended with {status}"))) }
}
