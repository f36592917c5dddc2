//! `cargo xtask test`: everything that CI checks, each step timed, one table at the end.

use std::time::{Duration, Instant};

use crate::{
    moto,
    shell::{Fault, Result},
    steps::{Outcome, STEPS, Step},
};

/// Which AWS the tests run on.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum Aws {
    /// The local cloud: all steps.
    #[default]
    Local,
    /// moto_server: the tests of nextest's profile `moto`.
    Moto,
}

/// What to run; nothing in `only` is everything.
#[derive(Default)]
pub struct TestOptions {
    pub only: Vec<String>,
    pub aws: Aws,
}

struct Line {
    name: &'static str,
    took: Duration,
    outcome: Result<Outcome>,
}

pub fn run(options: &TestOptions) -> Result {
    let steps = chosen(options)?;
    let mut lines = Vec::new();
    for (name, step) in steps {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = step();
        if let Err(fault) = &outcome {
            println!("{name}: {fault}");
        }
        lines.push(Line { name, took: start.elapsed(), outcome });
    }
    let (failed, table) = summary(&lines);
    print!("{table}");
    if failed == 0 { Ok(()) } else { Err(Fault::new(format!("{failed} of {} steps failed", lines.len()))) }
}

fn chosen(options: &TestOptions) -> Result<Vec<Step>> {
    let all: &[Step] = match options.aws {
        Aws::Local => STEPS,
        Aws::Moto => &[("moto", moto::step)],
    };
    if let Some(unknown) = options.only.iter().find(|name| !all.iter().any(|(step, _)| step == name)) {
        let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
        return Err(Fault::new(format!("there is no step {unknown}; the steps are {}", names.join(", "))));
    }
    Ok(all
        .iter()
        .filter(|(name, _)| options.only.is_empty() || options.only.iter().any(|o| o == name))
        .copied()
        .collect())
}

fn summary(lines: &[Line]) -> (usize, String) {
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    let mut table = String::from("\n");
    for line in lines {
        let (word, note) = match &line.outcome {
            Ok(Outcome::Passed(note)) => {
                passed += 1;
                ("ok", note.clone().unwrap_or_default())
            }
            Ok(Outcome::Nothing(why)) => {
                skipped += 1;
                ("nothing", why.clone())
            }
            Err(fault) => {
                failed += 1;
                ("FAILED", fault.to_string())
            }
        };
        let took = line.took.as_secs_f64();
        table.push_str(format!("{:<9} {word:<8} {took:>7.1} s  {note}", line.name).trim_end());
        table.push('\n');
    }
    table += "steps: ";
    table += &[format!("{passed} passed"), format!("{failed} failed"), format!("{skipped} skipped\n")].join(", ");
    (failed, table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(names: &[&str], aws: Aws) -> TestOptions {
        TestOptions { only: names.iter().map(|name| (*name).to_owned()).collect(), aws }
    }

    #[test]
    fn nothing_chosen_is_everything_and_an_unknown_step_is_named() {
        assert_eq!(chosen(&TestOptions::default()).unwrap().len(), STEPS.len());
        let steps = chosen(&only(&["parity", "fmt"], Aws::Local)).unwrap();
        assert_eq!(steps.iter().map(|step| step.0).collect::<Vec<_>>(), ["fmt", "parity"]);
        assert!(chosen(&only(&["fmt", "fnt"], Aws::Local)).unwrap_err().to_string().contains("no step fnt"));
        assert!(chosen(&only(&["fmt"], Aws::Moto)).is_err());
    }

    #[test]
    fn the_table_counts_what_failed_and_what_had_nothing_to_do() {
        let line = |name, outcome| Line { name, took: Duration::from_millis(1250), outcome };
        let (failed, table) = summary(&[
            line("fmt", Ok(Outcome::Passed(None))),
            line("deny", Ok(Outcome::Passed(Some("a note".into())))),
            line("lambda", Ok(Outcome::Nothing("no functions".into()))),
            line("test", Err(Fault::new("broken"))),
        ]);
        assert_eq!(failed, 1);
        assert_eq!(
            table,
            "\nfmt       ok           1.2 s\ndeny      ok           1.2 s  a note\n\
             lambda    nothing      1.2 s  no functions\ntest      FAILED       1.2 s  broken\n\
             steps: 2 passed, 1 failed, 1 skipped\n"
        );
    }
}
