//! `infra-cdk/`: what stands in front of the backend on AWS.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    node::Project,
    python,
    shell::{Doing, Fault, Result, program, run, run_together, target},
    steps::{Outcome, REGION},
    web,
};

const EDGE: Project = Project("infra-cdk");

/// Types, style, tests of the synthesised stacks, `cdk synth` as a deployment does it, and cfn-lint on all that came
/// out. Nothing is asked on AWS.
pub fn step() -> Result<Outcome> {
    // The stacks upload the built pages.
    web::build()?;
    EDGE.packages()?;
    run(&mut EDGE.npx(&["biome", "ci", "--error-on-warnings", "."]))?;
    run(&mut EDGE.npm(&["run", "--silent", "build"]))?;
    let (out, tested) = (target().join("edge"), EDGE.folder().join("build/synth"));
    for old in [&out, &tested] {
        if old.exists() {
            fs::remove_dir_all(old).doing(format!("removing {}", old.display()))?;
        }
    }
    let mut tests = program("node");
    tests.args(["--test", "build/test/all.js"]).current_dir(EDGE.folder());
    // One stage as a deployment does it, but for the build, which has just been; the tests synthesise what differs.
    let mut synth = EDGE.npx(&["cdk", "synth", "--app", "node build/bin/app.js", "--context", "stage=prod", "--quiet"]);
    // Outside of AWS it would wait for a machine's own role.
    synth.arg("--output").arg(&out).env("AWS_EC2_METADATA_DISABLED", "true");
    run_together(vec![tests, synth])?;

    let mut templates = templates(&out)?;
    for stage in entries(&tested)? {
        templates.extend(self::templates(&stage)?);
    }
    if templates.is_empty() {
        return Err(Fault::new("no template was synthesised"));
    }
    let mut lint = python::tool(&python::venv("template")?, "cfn-lint");
    // W3005: CDK names some dependencies twice.
    run(lint.args(["-r", REGION, "-i", "W3005", "--"]).args(&templates))?;
    Ok(Outcome::Passed(Some(format!("{} templates, synthesised and linted, never deployed", templates.len()))))
}

/// The templates of a cloud assembly.
fn templates(assembly: &Path) -> Result<Vec<PathBuf>> {
    let is_template =
        |path: &PathBuf| path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.ends_with(".template.json"));
    Ok(entries(assembly)?.into_iter().filter(is_template).collect())
}

/// What is in a folder, by name.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).doing(format!("reading {}", folder.display()))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}
