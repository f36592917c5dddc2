//! Python tools in environments of their own under `target/venv`, one per group of xtask/requirements/.
//!
//! An environment is made again when its list changes. The lists pin every package, so no resolver runs; `uv` (from
//! PyPI like the rest) fetches in seconds what pip needs a minute for, and pip steps in where uv cannot reach the index.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::shell::{Doing, Fault, Result, program, root, run, target};

/// Installs the others quickly.
const UV: &str = "uv==0.13.9";

/// The environment of a group, made if it is missing or its list has changed. Its programs are in `bin/`.
pub fn venv(group: &str) -> Result<PathBuf> {
    let list = root().join("xtask/requirements").join(format!("{group}.txt"));
    let wanted = fs::read_to_string(&list).doing(format!("reading {}", list.display()))?;
    let home = target().join("venv").join(group);
    let stamp = home.join("requirements.txt");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(home);
    }
    println!("making target/venv/{group}");
    if home.exists() {
        fs::remove_dir_all(&home).doing(format!("removing {}", home.display()))?;
    }
    create(&home)?;
    if let Err(fault) = with_uv(&home, &list) {
        println!("uv did not manage ({fault}); pip takes over, which may take some minutes");
        let mut pip = program(home.join("bin/python"));
        run(pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "-r"]).arg(&list))?;
    }
    fs::write(&stamp, wanted).doing(format!("writing {}", stamp.display()))?;
    Ok(home)
}

/// A program of an environment, its output to be shown or read by the caller.
pub fn tool(home: &Path, name: &str) -> std::process::Command {
    program(home.join("bin").join(name))
}

fn create(home: &Path) -> Result {
    let mut python = program("python3");
    match python.args(["-m", "venv"]).arg(home).stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Fault::new("`python3 -m venv` failed. On Debian: apt-get install python3-venv")),
        Err(_) => {
            Err(Fault::new("there is no python3 (3.11 or newer). On Debian: apt-get install python3 python3-venv"))
        }
    }
}

fn with_uv(home: &Path, list: &Path) -> Result {
    let uv = target().join("venv/uv");
    if !uv.join("bin/uv").is_file() {
        create(&uv)?;
        run(program(uv.join("bin/python")).args(["-m", "pip", "install", "--quiet", UV]))?;
    }
    let mut install = program(uv.join("bin/uv"));
    install.args(["pip", "install", "--quiet", "--no-deps", "--python"]).arg(home.join("bin/python"));
    run(install.arg("-r").arg(list))
}
