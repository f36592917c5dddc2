//! The defaults pass their own golden sets with the offline model, and damaged prompts do worse.

use std::time::Duration;

use super::*;
use crate::{Config, NoStore, Router, catalog::PROMPTS, catalog::find, prompt::Prompt, trial};

async fn checks(spec: &Spec, prompt: &Prompt, case: &Case) -> Vec<Check> {
    let router = Router::new(Config::default());
    let options = crate::Options { timeout: Duration::from_secs(9), ..crate::Options::default() };
    let trial = trial::run(&router, spec, prompt, &case.variables, &NoStore, &options).await.unwrap();
    judge(spec, &case.variables, trial.parsed.as_ref())
}

#[tokio::test]
async fn the_defaults_pass() {
    for spec in PROMPTS {
        let names: BTreeSet<_> = cases(spec).iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases(spec).len(), "{}", spec.name);
        for case in cases(spec) {
            let found = checks(spec, &spec.default_prompt().unwrap(), &case).await;
            let failed: Vec<_> = found.iter().filter(|check| !check.passed).collect();
            assert!(failed.is_empty(), "{} {}: {failed:?}", spec.name, case.name);
        }
    }
}

/// Templates that are well-formed and spoil the answers.
#[tokio::test]
async fn a_damaged_prompt_does_worse() {
    let damages = [
        (
            "generate_content.post",
            "- Use the first keyword in the opening paragraph",
            "- Leave keywords to the end of the text",
        ),
        (
            "generate_content.post",
            "- Follow the outline: its headings in its order as level 2 headings, its points as what the sections say. You may add level 3 headings.",
            "- Write as you like.",
        ),
        ("generate_content.post", "\"keywords\": keywords}", "\"keywords\": keywords | length}"),
        ("auto_cluster", "{{ keywords | data(\"keywords\") }}", "{{ keywords[0] | data(\"keywords\") }}"),
        ("generate_ideas", "{{ cluster | data(\"cluster\") }}", "{{ cluster.name | line }}"),
    ];
    for (name, from, to) in damages {
        let spec = find(name).unwrap();
        let good = spec.default_prompt().unwrap();
        assert!(good.text().contains(from), "{name} does not say “{from}”");
        let bad = spec.check(&good.text().replace(from, to)).unwrap();
        let mut worse = false;
        for case in cases(spec) {
            worse |= is_worse(&checks(spec, &bad, &case).await, &checks(spec, &good, &case).await);
        }
        assert!(worse, "{name}: “{to}” is not noticed");
    }
}

#[test]
fn worse_is_what_fails_where_the_other_passes() {
    let check = |name: &str, passed| Check { name: name.into(), passed };
    let live = [check("a", true), check("b", false)];
    assert!(!is_worse(&[check("a", true), check("b", false)], &live));
    assert!(!is_worse(&[check("a", true), check("b", true)], &live));
    assert!(is_worse(&[check("a", false), check("b", true)], &live));
}
