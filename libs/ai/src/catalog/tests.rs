//! The catalogue agrees with the shapes and the prompts of the repository, and refuses what cannot work.

use std::collections::BTreeSet;

use super::*;

fn error(name: &str, text: &str) -> String {
    find(name).unwrap().check(text).unwrap_err().to_string()
}

#[test]
fn every_prompt_of_the_repository_stands_in_the_catalogue_and_passes_it() {
    let known: BTreeSet<&str> = PROMPTS.iter().flat_map(|spec| [spec.name, spec.function]).collect();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/prompts")).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        // The kinds of content have a folder of their own.
        let name = file.strip_suffix(".md.jinja").unwrap_or(&file);
        assert!(known.contains(name), "{name} is missing in catalog.rs");
    }
    for spec in PROMPTS {
        let default = spec.default_prompt().unwrap_or_else(|| panic!("{} has no default", spec.name));
        let checked = spec.check(&default.text()).unwrap_or_else(|error| panic!("{}: {error}", spec.name));
        assert_eq!(checked.render(&(spec.sample)()), default.render(&(spec.sample)()), "{}", spec.name);
    }
}

#[test]
fn the_variables_are_the_fields_of_the_shapes() {
    for spec in PROMPTS {
        let sample = (spec.sample)();
        let fields: BTreeSet<&str> = sample.as_object().unwrap().keys().map(String::as_str).collect();
        let named: BTreeSet<&str> = spec.variables.iter().map(|variable| variable.name).collect();
        assert_eq!(named, fields, "{}", spec.name);
        for variable in spec.variables {
            let kind = match &sample[variable.name] {
                Value::String(_) => "text",
                Value::Number(_) => "number",
                Value::Array(_) => "list",
                Value::Object(_) => "object",
                other => panic!("{}: {} is {other}", spec.name, variable.name),
            };
            assert_eq!(variable.kind, kind, "{}: {}", spec.name, variable.name);
        }
    }
}

#[test]
fn a_damaged_template_is_refused_by_the_variable_or_the_line() {
    let post = "generate_content.post";
    let good = find(post).unwrap().default_prompt().unwrap().text();
    for variable in ["title", "outline", "keywords", "language", "estimated_words"] {
        let damaged = good.replace(variable, "site_name");
        assert!(error(post, &damaged).contains(&format!("{{{{ {variable} }}}}")), "{variable}");
    }
    let mute: String =
        good.lines().filter(|line| !line.contains("Answer with one JSON object")).collect::<Vec<_>>().join("\n");
    assert!(error(post, &mute).contains("JSON"), "{}", error(post, &mute));
    let shapeless = good.replace("\"blocks\":", "\"parts\":");
    assert!(error(post, &shapeless).contains("\"blocks\""));
    let open = good.replace("{% endif %}", "");
    assert!(error(post, &open).starts_with("Line "), "{}", error(post, &open));
    let nobody = good.replace("Write it in full.", "Write it for {{ nobody }}.");
    let line = nobody.lines().position(|line| line.contains("nobody")).unwrap() + 1;
    assert_eq!(error(post, &nobody), format!("Line {line}: It uses {{{{ nobody }}}}, which is not there."));
}

#[test]
fn a_kind_of_content_has_its_own_prompt() {
    assert_eq!(of_function("generate_content", Some("product")).unwrap().name, "generate_content.product");
    assert_eq!(of_function("auto_cluster", Some("post")).unwrap().name, "auto_cluster");
    assert!(of_function("unheard_of", None).is_none());
}
