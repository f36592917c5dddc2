//! `cargo xtask bench`: the start, the memory and the size of functions as they are deployed.
//!
//! What is measured and how stands in up/examples/bench; here the binaries are built and chosen.

use std::{fs, path::Path};

use crate::{
    python,
    shell::{Doing, Fault, Result, cargo, has_functions, read, root, run, target},
    steps::python_step,
};

/// How many functions are measured when none are named.
const LARGEST: usize = 3;

pub fn run_bench(named: &[String]) -> Result {
    if !has_functions() {
        return Err(Fault::new("functions/ has no crate yet: there is nothing to measure"));
    }
    let release = target().join("release");
    let mut build = cargo();
    build.args(["build", "--release", "--locked"]);
    if named.is_empty() {
        build.args(["--workspace", "--bins", "--exclude", "xtask", "--exclude", "igny8-up"]);
    } else {
        for name in named {
            build.args(["--bin", name]);
        }
    }
    run(&mut build)?;
    let chosen = if named.is_empty() { largest(&release, &http_functions()?)? } else { named.to_vec() };

    let hello = target().join("bench-hello");
    let mut build_hello = cargo();
    build_hello.args(["build", "--release", "--locked", "--manifest-path"]);
    build_hello.arg(root().join("xtask/bench/hello/Cargo.toml")).arg("--target-dir").arg(&hello);
    run(&mut build_hello)?;

    let python = python::tool(&python::venv("aws")?, "python");
    let mut measure = cargo();
    measure.args(["run", "--release", "--locked", "--package", "igny8-up", "--example", "bench", "--"]);
    measure.arg("--bin-dir").arg(&release).arg("--hello").arg(hello.join("release/hello"));
    measure.arg("--python").arg(python.get_program()).arg("--handler").arg(root().join("xtask/bench/handler.py"));
    run(measure.arg("--json").arg(target().join("bench.json")).args(chosen))
}

/// Names of the functions that have a list to read: those with a route of their own.
fn http_functions() -> Result<Vec<String>> {
    Ok(read(python_step("checks.py")?.arg("--http"))?.lines().map(str::to_owned).collect())
}

/// The largest files of a directory among some names, largest first.
fn largest(dir: &Path, names: &[String]) -> Result<Vec<String>> {
    let mut sizes = Vec::new();
    for name in names {
        let file = dir.join(name);
        sizes.push((fs::metadata(&file).doing(file.display())?.len(), name.clone()));
    }
    sizes.sort_by(|a, b| b.cmp(a));
    Ok(sizes.into_iter().take(LARGEST).map(|(_, name)| name).collect())
}
