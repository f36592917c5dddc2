//! What the offline model takes from a prompt: a variable whose value does not stand in the rendered text is not known to
//! it, and of the rules it follows those that it finds there.

use serde_json::{Value, json};

use crate::provider::Request;

/// The variables of a request, as far as its prompt tells them. Without a prompt, they are the question themselves.
pub(super) fn of(request: &Request) -> Value {
    let prompt = format!("{}\n{}", request.system, request.user);
    if prompt.trim().is_empty() {
        return request.input.clone();
    }
    let mut input = request.input.clone();
    told(&mut input, &Told::new(&prompt));
    if request.function == "generate_content" {
        rules_of_an_article(&mut input, &prompt);
    }
    input
}

/// The text of a prompt, compared without regard to line breaks.
struct Told(String);

impl Told {
    fn new(prompt: &str) -> Self {
        Self(plain(prompt))
    }

    /// A text stands in a prompt as it is, as JSON, or on one line without marks.
    fn has(&self, text: &str) -> bool {
        let json = serde_json::to_string(text).unwrap_or_default().replace('<', "\\u003c");
        let json = plain(json.trim_matches('"'));
        let line: String = plain(text).replace(['<', '>'], "").chars().take(200).collect();
        self.0.contains(&plain(text)) || self.0.contains(&json) || self.0.contains(line.trim())
    }
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Forgets what was not told. True when nothing of the value is left.
fn told(value: &mut Value, prompt: &Told) -> bool {
    match value {
        Value::String(text) => {
            if !text.is_empty() && !prompt.has(text) {
                text.clear();
            }
            text.is_empty()
        }
        Value::Array(items) => {
            let had = !items.is_empty();
            items.retain_mut(|item| !told(item, prompt));
            had && items.is_empty()
        }
        Value::Object(members) => {
            let texts = members.values().any(|member| !(member.is_number() || member.is_null() || member.is_boolean()));
            let mut left = false;
            for member in members.values_mut() {
                // A number says nothing by itself: it goes with the texts beside it.
                let says = !(member.is_number() || member.is_null() || member.is_boolean());
                left |= says && !told(member, prompt);
            }
            texts && !left
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => false,
    }
}

/// Whether a prompt asks for something: a sentence has all of these words and does not turn them down.
fn asks(prompt: &str, all: &[&str], one_of: &[&str]) -> bool {
    prompt.lines().flat_map(|line| line.split(". ")).map(str::to_lowercase).any(|line| {
        let denied =
            ["never", "do not", "don't", "avoid", "ignore", "no matter"].iter().any(|word| line.contains(word));
        all.iter().all(|word| line.contains(word)) && one_of.iter().any(|word| line.contains(word)) && !denied
    })
}

fn rules_of_an_article(input: &mut Value, prompt: &str) {
    if !asks(prompt, &["outline"], &["follow", "heading", "section", "order"]) {
        input["outline"] = json!([]);
    }
    // Who is not told which keyword leads begins with another one.
    let leads = asks(prompt, &["keyword"], &["opening paragraph", "first paragraph", "introduction"]);
    if let Some(keywords) = input["keywords"].as_array_mut().filter(|keywords| !leads && !keywords.is_empty()) {
        if keywords.len() > 1 {
            keywords.rotate_left(1);
        } else {
            keywords.clear();
        }
    }
    if input.get("estimated_words").is_some() {
        input["estimated_words"] = json!(words(prompt).unwrap_or_default());
    }
}

/// The length that a prompt asks for: the number before the word “words”.
fn words(prompt: &str) -> Option<u32> {
    let lower = prompt.to_lowercase();
    lower.match_indices(" words").find_map(|(at, _)| {
        let before = lower[..at].rsplit(|c: char| !(c.is_ascii_digit() || c == ',')).next()?;
        before.replace(',', "").parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_what_the_prompt_does_not_say() {
        let mut input = json!({
            "title": "Worn \"pads\"", "angle": "Never said", "keywords": ["brake pads", "unsaid"], "count": 3,
            "items": [{ "id_no": 1, "keyword": "brake pads" }, { "id_no": 2, "keyword": "unsaid" }], "author": null,
        });
        told(&mut input, &Told::new("Write “Worn \\\"pads\\\"” about\nbrake\npads."));
        let expected = json!({
            "title": "Worn \"pads\"", "angle": "", "keywords": ["brake pads"], "count": 3,
            "items": [{ "id_no": 1, "keyword": "brake pads" }], "author": null,
        });
        assert_eq!(input, expected);
    }

    #[test]
    fn it_follows_the_rules_that_are_there() {
        let article = |prompt: &str| {
            let mut input = json!({ "keywords": ["a", "b"], "outline": [{ "heading": "h" }], "estimated_words": 900 });
            rules_of_an_article(&mut input, prompt);
            input
        };
        let all = "Follow the outline.\nUse the first keyword in the opening paragraph. Do not repeat it.\nAbout 1,200 words.";
        assert_eq!(
            article(all),
            json!({ "keywords": ["a", "b"], "outline": [{ "heading": "h" }], "estimated_words": 1200 })
        );
        let none = "Ignore the outline.\nNever use a keyword in the first paragraph.";
        assert_eq!(article(none), json!({ "keywords": ["b", "a"], "outline": [], "estimated_words": 0 }));
    }
}
