//! An article in blocks along the outline: varied and readable, and open about where it comes from.

use serde_json::{Value, json};

use super::{
    Dice,
    phrases::{BODY, CLOSES, LEADS, OPENINGS, POINTS, PROMISES, QUESTIONS, TIPS},
    structure::{data, usual_outline},
    words::{capitalized, enumerated, title_case},
};
use crate::shapes::{ContentInput, ContentOutput, Section};

/// The line that every article of the offline model carries.
pub(super) const MARK: &str = "This text was written by IGNY8's offline model, to show the way from keyword to page. It \
                               holds advice of a general kind and no researched facts. Connect an AI provider to have it \
                               written anew.";
/// How many sources it quotes, each with its first sentence.
const CITED: usize = 3;
/// Length of an article, in words.
const WORDS: (u32, u32) = (650, 1450);

/// A stack of sentences in random order; none is used twice in an article.
struct Stack(Vec<&'static str>);

impl Stack {
    fn new(dice: &mut Dice, sentences: &[&'static str]) -> Self {
        Self(dice.shuffled(sentences))
    }

    fn next(&mut self) -> Option<&'static str> {
        self.0.pop()
    }
}

struct Writer<'i> {
    input: &'i ContentInput,
    keywords: Vec<String>,
    turn: usize,
    blocks: Vec<Value>,
    words: usize,
}

impl Writer<'_> {
    /// The next keyword, so that all come up.
    fn keyword(&mut self) -> String {
        self.turn += 1;
        // The primary keyword comes up more often than the others.
        let at = if self.turn % 3 == 1 { 0 } else { self.turn % self.keywords.len() };
        self.keywords[at].clone()
    }

    fn fill(&mut self, sentence: &str, section: Option<&Section>, point: &str) -> String {
        let keyword = if sentence.contains("{k}") || sentence.contains("{K}") { self.keyword() } else { String::new() };
        let audience = if self.input.audience.trim().is_empty() { "readers" } else { self.input.audience.trim() };
        let heading = section.map_or("", |section| section.heading.as_str());
        // A point that is a sentence of its own is quoted, so that the sentence around it stays readable.
        let point = point.trim().trim_end_matches(['.', ':', ';']);
        let quoted = format!("“{point}”");
        let point = if point.split_whitespace().count() > 6 { &quoted } else { point };
        sentence
            .replace("{k}", &escape(&keyword))
            .replace("{K}", &escape(&capitalized(&keyword)))
            .replace("{p}", &escape(&lowered(point)))
            .replace("{P}", &escape(&capitalized(point)))
            .replace("{h}", &escape(heading))
            .replace("{a}", &escape(&lowered(audience)))
    }

    fn push(&mut self, block: Value) {
        fn count(value: &Value) -> usize {
            match value {
                Value::String(text) => text.split_whitespace().count(),
                Value::Array(items) => items.iter().map(count).sum(),
                Value::Object(members) => members
                    .iter()
                    .filter(|(name, _)| *name != "type" && *name != "tone")
                    .map(|(_, value)| count(value))
                    .sum(),
                _ => 0,
            }
        }
        self.words += count(&block);
        self.blocks.push(block);
    }

    fn paragraph(&mut self, sentences: &[String]) {
        if !sentences.is_empty() {
            self.push(json!({ "type": "paragraph", "text": sentences.join(" ") }));
        }
    }
}

pub(super) fn answer(input: &ContentInput) -> ContentOutput {
    let seed = serde_json::to_string(input).unwrap_or_default();
    let mut dice = Dice::seeded(&seed);
    let title = if input.title.trim().is_empty() { "Untitled" } else { input.title.trim() };
    let keywords: Vec<String> =
        match input.keywords.iter().map(|keyword| keyword.trim().to_lowercase()).collect::<Vec<_>>() {
            keywords if keywords.is_empty() => vec![title.to_lowercase()],
            keywords => keywords,
        };
    let outline =
        if input.outline.is_empty() { usual_outline(&input.entity_type, &keywords[0]) } else { input.outline.clone() };
    let wanted = if input.estimated_words == 0 { 1000 } else { input.estimated_words.clamp(WORDS.0, WORDS.1) } as usize;

    let mut writer = Writer { input, keywords, turn: 0, blocks: Vec::new(), words: 0 };
    let mut openings = Stack::new(&mut dice, &OPENINGS);
    let mut promises = Stack::new(&mut dice, &PROMISES);
    let mut leads = Stack::new(&mut dice, &LEADS);
    let mut points = Stack::new(&mut dice, &POINTS);
    let mut body = Stack::new(&mut dice, &BODY);
    let mut closes = Stack::new(&mut dice, &CLOSES);

    writer.push(json!({ "type": "callout", "tone": "note", "text": MARK }));
    // The first keyword belongs into the opening, as prompts have it.
    let names_it = |sentence: &&str| sentence.to_lowercase().contains("{k}");
    let begin = openings.next().filter(names_it).or_else(|| openings.next());
    let opening: Vec<String> = [begin, body.next(), promises.next()]
        .into_iter()
        .flatten()
        .map(|sentence| writer.fill(sentence, None, ""))
        .collect();
    let excerpt = opening.first().cloned().unwrap_or_default();
    writer.paragraph(&opening);
    for source in input.sources.iter().take(CITED) {
        let sentence = source.text.split_inclusive(['.', '!', '?']).next().unwrap_or_default().trim();
        if !sentence.is_empty() && !sentence.contains('\n') {
            let link = format!("<a href=\"ref:{}\">{}</a>", source.reference, escape(&source.title));
            writer.push(json!({ "type": "paragraph", "text": format!("{link} says: “{}”", escape(sentence)) }));
        }
    }

    // What the fixed parts at the end take is left out of the sections' share.
    let share = wanted.saturating_sub(writer.words + 160) / outline.len().max(1);
    let list_at = dice.below(outline.len().min(3));
    let table_at = (list_at + 1 + dice.below(2)) % outline.len().max(1);
    let tip_at = outline.len() / 2;
    for (at, section) in outline.iter().enumerate() {
        let until = writer.words + share;
        writer.push(json!({ "type": "heading", "level": 2, "text": escape(&section.heading) }));
        let subject = section.points.first().cloned().unwrap_or_else(|| section.heading.clone());
        let mut sentences: Vec<String> = Vec::new();
        sentences.extend(leads.next().map(|sentence| writer.fill(sentence, Some(section), &subject)));
        sentences.extend(body.next().map(|sentence| writer.fill(sentence, Some(section), "")));
        if at == list_at && section.points.len() > 1 {
            writer.paragraph(&std::mem::take(&mut sentences));
            let items: Vec<String> = section
                .points
                .iter()
                .map(|point| format!("<strong>{}</strong>", escape(&capitalized(point))))
                .collect();
            writer.push(json!({ "type": "list", "ordered": false, "items": items }));
        }
        for point in section.points.iter().skip(1) {
            sentences.extend(points.next().map(|sentence| writer.fill(sentence, Some(section), point)));
        }
        writer.paragraph(&std::mem::take(&mut sentences));
        if at == table_at && section.points.len() > 1 {
            writer.push(table(section));
        }
        while writer.words + 25 < until {
            let more: Vec<&str> = [body.next(), body.next()].into_iter().flatten().collect();
            if more.is_empty() {
                break;
            }
            let mut more: Vec<String> = more.iter().map(|sentence| writer.fill(sentence, Some(section), "")).collect();
            more.extend(closes.next().map(|sentence| writer.fill(sentence, Some(section), "")));
            writer.paragraph(&more);
        }
        if at == tip_at {
            let tip = dice.shuffled(&TIPS)[0];
            let tip = writer.fill(tip, None, "");
            writer.push(json!({ "type": "callout", "tone": "tip", "text": tip }));
        }
    }

    writer.push(json!({ "type": "heading", "level": 2, "text": "Frequent questions" }));
    let questions: Vec<Value> = dice
        .shuffled(&QUESTIONS)
        .into_iter()
        .take(3)
        .map(|(question, answer)| {
            let keyword = escape(&writer.keyword());
            json!({ "question": question.replace("{k}", &keyword), "answer": answer.replace("{k}", &keyword) })
        })
        .collect();
    writer.push(json!({ "type": "faq", "items": questions }));

    let primary = writer.keywords[0].clone();
    let described = enumerated(&writer.keywords.iter().take(3).cloned().collect::<Vec<_>>());
    ContentOutput {
        structure_data: data(input, &primary, &outline),
        title: title.to_owned(),
        meta_title: short(title, 60),
        meta_description: short(
            &format!(
                "{}: what to know about {described}, step by step, with checks and answers.",
                title_case(&primary)
            ),
            155,
        ),
        excerpt,
        blocks: writer.blocks,
    }
}

fn table(section: &Section) -> Value {
    const WHEN: [&str; 4] = ["Before you begin", "While you work on it", "When it is done", "A month later"];
    let rows: Vec<Value> = section
        .points
        .iter()
        .zip(WHEN.iter().cycle())
        .map(|(point, when)| json!([escape(&capitalized(point)), when]))
        .collect();
    json!({
        "type": "table",
        "header": ["What to look at", "When"],
        "rows": rows,
        "caption": escape(&section.heading),
    })
}

/// A small first letter, unless the word is written in capitals.
fn lowered(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), text.chars().nth(1)) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}

/// At most so many characters, cut between words.
fn short(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max).collect();
    cut.rsplit_once(' ').map_or(cut.clone(), |(head, _)| head.trim_end_matches([',', ':', ';']).to_owned())
}

/// Text for the restricted inline HTML of a block.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
