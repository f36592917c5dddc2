//! Drafts without a model: the wish itself in the right place, and an honest word about where it comes from.

use super::words::{capitalized, title_case, topical};
use crate::{
    drafts::{DraftInput, PersonaDraft, PromptDraft, StrategyDraft},
    prompt::USER_MARK,
};

const MARK: &str = "Drafted by IGNY8's offline model: look it over before you use it.";

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The present template with the wish as one more rule.
pub(super) fn prompt(input: &DraftInput) -> PromptDraft {
    // A wish is a rule, not a piece of template.
    let wish = tidy(&input.wish).replace(['{', '}'], "").replace('%', " percent");
    let rule = format!("- {}{}", capitalized(&wish), if wish.ends_with('.') { "" } else { "." });
    let (system, user) = input.text.split_once(USER_MARK).unwrap_or(("", &input.text));
    let at = system.rfind("\n- ").and_then(|last| Some(last + 1 + system[last + 1..].find('\n')?));
    let system = match at {
        Some(at) => format!("{}\n{rule}{}", &system[..at], &system[at..]),
        None if system.trim().is_empty() => system.to_owned(),
        None => format!("{}\n{rule}\n", system.trim_end()),
    };
    let text = if system.trim().is_empty() { format!("{rule}\n{user}") } else { format!("{system}{USER_MARK}{user}") };
    PromptDraft { text, note: format!("One more rule. {MARK}") }
}

/// A profile around the wish.
pub(super) fn persona(input: &DraftInput) -> PersonaDraft {
    let wish = tidy(&input.wish);
    let words: Vec<String> = topical(&wish).into_iter().take(2).collect();
    let name = if words.is_empty() { "House author".to_owned() } else { title_case(&words.join(" ")) };
    let calm = ["calm", "patient", "friendly", "warm", "formal", "witty", "plain", "direct"]
        .into_iter()
        .filter(|tone| wish.to_lowercase().contains(tone))
        .collect::<Vec<_>>();
    PersonaDraft {
        name,
        job_title: String::new(),
        persona: format!("{}. {MARK}", capitalized(wish.trim_end_matches('.'))),
        tone: if calm.is_empty() { "clear and friendly".to_owned() } else { calm.join(", ") },
        bio: String::new(),
    }
}

/// A strategy by the words of the wish that it knows.
pub(super) fn strategy(input: &DraftInput) -> StrategyDraft {
    let wish = tidy(&input.wish).to_lowercase();
    let structure = crate::shapes::STRUCTURES.into_iter().find(|known| wish.contains(&known.replace('_', " ")));
    let words = wish.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok());
    let words = words.into_iter().find(|words| (200..=5_000).contains(words)).unwrap_or(1_200);
    let known = [
        ("question", "Frequent questions"),
        ("faq", "Frequent questions"),
        ("cost", "What it costs"),
        ("example", "An example"),
    ];
    let mut sections: Vec<String> = Vec::new();
    for (word, heading) in known {
        if wish.contains(word) && !sections.iter().any(|one| one == heading) {
            sections.push(heading.to_owned());
        }
    }
    let name: Vec<String> = topical(&wish).into_iter().take(3).collect();
    StrategyDraft {
        name: if name.is_empty() { "New strategy".to_owned() } else { title_case(&name.join(" ")) },
        structure: structure.unwrap_or("guide").to_owned(),
        sections,
        words,
    }
}
