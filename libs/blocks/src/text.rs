//! The words of a body: how many, which, the outline and an excerpt.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Block, Document, inline::Inline, write_html::HeadingIds};

/// One heading of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutlineEntry {
    /// 2 to 4.
    pub level: u8,
    /// Plain text.
    pub text: String,
    /// The id of the heading in the HTML, for `#id`.
    pub id: String,
}

impl Document {
    /// The headings in order, with the ids that [`Document::to_html`] writes.
    pub fn outline(&self) -> Vec<OutlineEntry> {
        let mut ids = HeadingIds::default();
        let headings = self.0.iter().filter_map(|block| match block {
            Block::Heading { level, text } => Some((*level, Inline::read(text))),
            _ => None,
        });
        headings.map(|(level, text)| OutlineEntry { level, text: text.plain_line(), id: ids.next(&text) }).collect()
    }

    /// The words of all blocks; an empty line between blocks, a line per item and row, ` | ` between cells.
    pub fn plain_text(&self) -> String {
        let texts: Vec<String> = self.0.iter().map(Block::plain_text).filter(|text| !text.is_empty()).collect();
        texts.join("\n\n")
    }

    /// How many words; each Chinese or Japanese character counts as one, for those scripts put no spaces.
    pub fn word_count(&self) -> u32 {
        let words: usize = self.0.iter().map(|block| count_words(&block.plain_text())).sum();
        u32::try_from(words).unwrap_or(u32::MAX)
    }

    /// The beginning of the paragraphs on one line, at most `max_chars` characters, cut after a word with `…`.
    ///
    /// A body without a paragraph gives the beginning of all its words.
    pub fn excerpt(&self, max_chars: usize) -> String {
        let mut line = String::new();
        let paragraphs = self.0.iter().filter(|block| matches!(block, Block::Paragraph { .. }));
        for block in paragraphs {
            push_words(&mut line, &block.plain_text());
            // A character is at most four bytes: enough is read.
            if line.len() > max_chars.saturating_mul(4) {
                break;
            }
        }
        if line.is_empty() {
            push_words(&mut line, &self.plain_text());
        }
        cut(&line, max_chars)
    }
}

impl Block {
    /// The words of this block, as in [`Document::plain_text`].
    pub fn plain_text(&self) -> String {
        let rich = |text: &String| Inline::read(text).plain();
        let with = |text: String, more: &Option<String>| match more.as_ref().map(rich) {
            Some(more) if text.is_empty() => more,
            Some(more) => format!("{text}\n{more}"),
            None => text,
        };
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text } | Self::Callout { text, .. } => rich(text),
            Self::List { items, .. } => items.iter().map(rich).collect::<Vec<_>>().join("\n"),
            Self::Image { alt, caption, .. } => with(alt.clone(), caption),
            Self::Quote { text, cite } => with(rich(text), cite),
            Self::Table { header, rows, caption } => {
                let line = |row: &Vec<String>| row.iter().map(rich).collect::<Vec<_>>().join(" | ");
                let head = (!header.is_empty()).then(|| line(header));
                with(head.into_iter().chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n"), caption)
            }
            Self::Code { text, .. } => text.clone(),
            Self::Faq { items } => {
                let lines = items.iter().map(|item| format!("{}\n{}", rich(&item.question), rich(&item.answer)));
                lines.collect::<Vec<_>>().join("\n")
            }
            Self::Html { html } => Inline::read(html).plain(),
        }
    }
}

/// Characters of scripts that are written without spaces and counted one by one.
pub(crate) fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn count_words(text: &str) -> usize {
    let mut words = 0;
    for token in text.split_whitespace() {
        // A letter opens a word that lasts to the end of the token or the next ideograph.
        let mut within = false;
        for c in token.chars() {
            if is_ideograph(c) {
                words += 1;
                within = false;
            } else if c.is_alphanumeric() && !within {
                words += 1;
                within = true;
            }
        }
    }
    words
}

fn push_words(line: &mut String, text: &str) {
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
}

fn cut(line: &str, max_chars: usize) -> String {
    if line.chars().count() <= max_chars {
        return line.to_owned();
    }
    let Some(room) = max_chars.checked_sub(1) else { return String::new() };
    let mut head: String = line.chars().take(room).collect();
    if line.chars().nth(room).is_some_and(|next| next != ' ')
        && let Some(space) = head.rfind(' ')
    {
        head.truncate(space);
    }
    head.truncate(head.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–')).len());
    head.push('…');
    head
}

#[cfg(test)]
mod tests {
    use super::{count_words, cut};
    use crate::{Block, Document};

    #[test]
    fn words_in_several_scripts() {
        assert_eq!(count_words("It's a well-known — fact, 2 & 3."), 6);
        assert_eq!(count_words("你好，世界 hello"), 5);
        assert_eq!(count_words("iPhone手机"), 3);
        assert_eq!(count_words("مرحبا بالعالم"), 2);
        assert_eq!(count_words(" | — "), 0);
    }

    #[test]
    fn excerpts_end_at_a_word() {
        let document = Document(vec![
            Block::Heading { level: 2, text: "Not this".into() },
            Block::Paragraph { text: "Change the <strong>oil</strong>, then<br>drive.".into() },
            Block::Paragraph { text: "Often.".into() },
        ]);
        assert_eq!(document.excerpt(100), "Change the oil, then drive. Often.");
        assert_eq!(document.excerpt(16), "Change the oil…");
        assert_eq!(document.excerpt(12), "Change the…");
        assert_eq!(document.excerpt(0), "");
        assert_eq!(cut("unbreakable", 5), "unbr…");
        assert_eq!(Document(vec![Block::Heading { level: 2, text: "A &amp; B".into() }]).excerpt(9), "A & B");
    }
}
