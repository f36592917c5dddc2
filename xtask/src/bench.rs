//! `cargo xtask bench`: the rendering of articles, the reading of answers, the clustering of keywords, and the start, the
//! memory and the size of functions as they are deployed; each beside its peers in the same run.
//!
//! What is measured and how stands in libs/blocks/examples/articles.rs, xtask/bench/reader, xtask/bench/clustering.py and
//! up/examples/bench; here the binaries are built and chosen.

use std::{fs, path::Path};

use crate::{
    python,
    shell::{Doing, Fault, Result, cargo, has_functions, read, root, run, target, variable},
    steps::python_step,
};

/// How many functions are measured when none are named.
const LARGEST: usize = 3;

/// What is no function, each quickly built and measured alone by its name.
const ALONE: [(&str, fn() -> Result); 3] = [("blocks", rendering), ("reader", reading), ("clustering", clustering)];

pub fn run_bench(named: &[String]) -> Result {
    if let [name] = named
        && let Some((_, measure)) = ALONE.iter().find(|(alone, _)| alone == name)
    {
        return measure();
    }
    if named.is_empty() {
        for (_, measure) in ALONE {
            measure()?;
        }
    }
    functions(named)
}

/// Blocks to HTML beside a renderer of Markdown: one small crate, so that it is quickly built.
fn rendering() -> Result {
    run(cargo().args(["run", "--release", "--locked", "--package", "igny8-blocks", "--example", "articles"]))
}

/// The tolerant reader beside serde_json, a crate that repairs JSON, and Python's json_repair on the same texts.
fn reading() -> Result {
    let mut reader = cargo();
    // Its peers are whatever is newest: no lock of theirs is kept.
    reader.args(["run", "--release", "--manifest-path"]);
    reader.arg(root().join("xtask/bench/reader/Cargo.toml")).arg("--target-dir").arg(target().join("bench-reader"));
    let texts = target().join("bench-reader/texts");
    run(reader.arg("--").arg(&texts))?;
    run(python::tool(&python::venv("reader")?, "python").arg(root().join("xtask/bench/reader.py")).arg(texts))
}

/// Quality on 5,000 labelled queries and the pace of 10,000: see xtask/bench/clustering.py.
fn clustering() -> Result {
    let Some(shared) = variable("IGNY8_SHARED") else {
        println!("clustering: IGNY8_SHARED is not set: there are no labelled queries to measure with");
        return Ok(());
    };
    // How well does not depend on how fast, and the whole service would take minutes to optimise.
    let (fast, plain) = (target().join("release/examples/pace"), target().join("debug/examples/clustering"));
    run(cargo().args(["build", "--locked", "--release", "--package", "igny8-similarity", "--example", "pace"]))?;
    run(cargo().args(["build", "--locked", "--package", "igny8-up", "--example", "clustering"]))?;
    let data = Path::new(&shared).join("data/keywords/banking77_train.csv.gz");
    let mut python = python::tool(&python::venv("similarity")?, "python");
    run(python.arg(root().join("xtask/bench/clustering.py")).arg(data).arg(plain).arg(fast))
}

fn functions(named: &[String]) -> Result {
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
