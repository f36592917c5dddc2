//! `libs/blocks/wordpress/`: what we write as WordPress's block markup, before WordPress's own parser and validator.

use crate::{
    node::Project,
    shell::{Result, cargo, program, read, run, target},
    steps::Outcome,
};

const WORDPRESS: Project = Project("libs/blocks/wordpress");

/// Bodies of every kind, written by the crate's example, as `@wordpress/blocks` reads them: no block may be invalid or
/// unknown, and each must be saved again as it was.
pub fn step() -> Result<Outcome> {
    WORDPRESS.packages()?;
    let bodies = target().join("gutenberg.jsonl");
    run(cargo().args(["run", "--quiet", "--locked", "--example", "gutenberg", "--"]).arg(&bodies))?;
    let said = read(program("node").arg("check.js").arg(&bodies).current_dir(WORDPRESS.folder()))?;
    Ok(Outcome::Passed(said.trim().lines().last().map(str::to_owned)))
}
