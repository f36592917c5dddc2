//! The kinds of block and their JSON shape; no rule about their content is kept here (see `validate` and `clean`).

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, SeqAccess, Visitor},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// One block of a body.
///
/// A field called *rich text* is a fragment of HTML of `strong`, `em`, `code`, `br` and `a` (with `href` and `rel`)
/// alone; `<`, `>` and `&` are written as entities. A field called *plain text* has no markup: `<` is just a character.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Block {
    /// A heading within the body; level 1 is the title of the page and is not a block.
    Heading {
        /// 2 to 4.
        #[schema(minimum = 2, maximum = 4)]
        level: u8,
        /// Rich text.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Rich text.
        text: String,
    },
    /// A flat list.
    List {
        /// True for a numbered list.
        ordered: bool,
        /// Rich text of each item.
        items: Vec<String>,
    },
    /// A picture.
    Image {
        /// Where the picture is: `https://…`, a path from the root of the site, or `asset:<id>` for one of our own.
        src: ImageSource,
        /// Plain text for who cannot see it; empty for a decoration.
        #[serde(default)]
        alt: String,
        /// Rich text under the picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
    },
    /// The words of somebody else.
    Quote {
        /// Rich text.
        text: String,
        /// Rich text: who said it and where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cite: Option<String>,
    },
    /// A table; each row has as many cells as the header.
    Table {
        /// Rich text of the column heads; empty for a table without a head.
        #[serde(default)]
        header: Vec<String>,
        /// Rich text of the cells, row by row.
        rows: Vec<Vec<String>>,
        /// Rich text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<String>,
    },
    /// Program text.
    Code {
        /// The name of the language as highlighters know it, such as `rust`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<String>,
        /// Plain text; line ends and spaces are kept.
        text: String,
    },
    /// Questions with their answers.
    Faq {
        /// In the order of the page.
        items: Vec<FaqItem>,
    },
    /// A boxed remark.
    Callout {
        /// What kind of remark it is.
        tone: Tone,
        /// Rich text.
        text: String,
    },
    /// HTML that fits no other kind: the last resort. It is sanitised whenever it is written to a page.
    Html {
        /// HTML without scripts, styles, frames and forms.
        html: String,
    },
}

impl Block {
    /// The kind.
    pub const fn kind(&self) -> BlockKind {
        match self {
            Self::Heading { .. } => BlockKind::Heading,
            Self::Paragraph { .. } => BlockKind::Paragraph,
            Self::List { .. } => BlockKind::List,
            Self::Image { .. } => BlockKind::Image,
            Self::Quote { .. } => BlockKind::Quote,
            Self::Table { .. } => BlockKind::Table,
            Self::Code { .. } => BlockKind::Code,
            Self::Faq { .. } => BlockKind::Faq,
            Self::Callout { .. } => BlockKind::Callout,
            Self::Html { .. } => BlockKind::Html,
        }
    }
}

/// The kind of a block: the `type` of its JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is described at its variant of Block")]
pub enum BlockKind {
    Heading,
    Paragraph,
    List,
    Image,
    Quote,
    Table,
    Code,
    Faq,
    Callout,
    Html,
}

impl BlockKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 10] = [
        Self::Heading,
        Self::Paragraph,
        Self::List,
        Self::Image,
        Self::Quote,
        Self::Table,
        Self::Code,
        Self::Faq,
        Self::Callout,
        Self::Html,
    ];

    /// The kinds that a language model is asked for: all but raw HTML and images, whose addresses it would invent.
    pub const TEXTUAL: [Self; 8] =
        [Self::Heading, Self::Paragraph, Self::List, Self::Quote, Self::Table, Self::Code, Self::Faq, Self::Callout];

    /// The `type` of its JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Heading => "heading",
            Self::Paragraph => "paragraph",
            Self::List => "list",
            Self::Image => "image",
            Self::Quote => "quote",
            Self::Table => "table",
            Self::Code => "code",
            Self::Faq => "faq",
            Self::Callout => "callout",
            Self::Html => "html",
        }
    }
}

/// One question with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FaqItem {
    /// Rich text.
    pub question: String,
    /// Rich text.
    pub answer: String,
}

/// The kind of remark that a callout makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Something to know.
    Note,
    /// Something that helps.
    Tip,
    /// Something to beware of.
    Warning,
}

impl Tone {
    /// Every tone.
    pub const ALL: [Self; 3] = [Self::Note, Self::Tip, Self::Warning];

    /// Its JSON, and the end of its CSS class.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tip => "tip",
            Self::Warning => "warning",
        }
    }
}

/// Where a picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSource {
    /// An address: `http(s)://…` or a path from the root of the site. It may be anything until it is validated.
    Url(String),
    /// The id of one of our own pictures, written `asset:<id>`; see [`Document::to_html_with`].
    Asset(String),
}

impl From<String> for ImageSource {
    fn from(text: String) -> Self {
        match text.strip_prefix("asset:") {
            Some(id) => Self::Asset(id.to_owned()),
            None => Self::Url(text),
        }
    }
}

impl fmt::Display for ImageSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.write_str(url),
            Self::Asset(id) => write!(f, "asset:{id}"),
        }
    }
}

impl Serialize for ImageSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ImageSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl PartialSchema for ImageSource {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Where a picture is: https://…, a path from the root of the site, or asset:<id>."))
            .examples(["https://example.com/a.jpg", "/media/a.jpg", "asset:hero-1"])
            .into()
    }
}

impl ToSchema for ImageSource {}

/// A body: its blocks in reading order. Its JSON is the array of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
pub struct Document(pub Vec<Block>);

impl Document {
    /// The blocks in reading order.
    pub fn blocks(&self) -> &[Block] {
        &self.0
    }

    /// True when there is no block.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<Block>> for Document {
    fn from(blocks: Vec<Block>) -> Self {
        Self(blocks)
    }
}

impl FromIterator<Block> for Document {
    fn from_iter<I: IntoIterator<Item = Block>>(blocks: I) -> Self {
        Self(blocks.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Document {
    /// As an array of blocks; an error names the block, as in `blocks[3]: unknown variant …`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Blocks;
        impl<'de> Visitor<'de> for Blocks {
            type Value = Document;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of blocks")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Document, A::Error> {
                let mut blocks = Vec::new();
                while let Some(block) =
                    seq.next_element().map_err(|e| A::Error::custom(format!("blocks[{}]: {e}", blocks.len())))?
                {
                    blocks.push(block);
                }
                Ok(Document(blocks))
            }
        }
        deserializer.deserialize_seq(Blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, BlockKind, Document, ImageSource, Tone};

    #[test]
    fn the_json_is_flat_and_tagged() {
        let text = r#"[{"type":"heading","level":2,"text":"Oil"},{"type":"image","src":"asset:a1","alt":"A car"},
            {"type":"callout","tone":"tip","text":"Warm it up"},{"type":"code","language":null,"text":"x"}]"#;
        let document: Document = serde_json::from_str(text).unwrap();
        assert_eq!(
            document.0[1],
            Block::Image { src: ImageSource::Asset("a1".into()), alt: "A car".into(), caption: None }
        );
        assert_eq!(document.0[2], Block::Callout { tone: Tone::Tip, text: "Warm it up".into() });
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(
            json,
            r#"[{"type":"heading","level":2,"text":"Oil"},{"type":"image","src":"asset:a1","alt":"A car"},{"type":"callout","tone":"tip","text":"Warm it up"},{"type":"code","text":"x"}]"#
        );
    }

    #[test]
    fn an_error_names_the_block() {
        let error = |text| serde_json::from_str::<Document>(text).unwrap_err().to_string();
        let unknown = error(r#"[{"type":"paragraph","text":"a"},{"type":"video","src":"x"}]"#);
        assert!(unknown.starts_with("blocks[1]: unknown variant `video`, expected one of `heading`"), "{unknown}");
        assert!(error(r#"[{"type":"paragraph","txet":"a"}]"#).starts_with("blocks[0]: unknown field `txet`"));
        assert!(error(r#"[{"text":"a"}]"#).starts_with("blocks[0]: missing field `type`"));
        assert!(error(r#"{"blocks":[]}"#).contains("an array of blocks"));
    }

    #[test]
    fn every_kind_is_listed_under_its_name() {
        for kind in BlockKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for tone in Tone::ALL {
            assert_eq!(serde_json::to_value(tone).unwrap(), tone.as_str());
        }
    }
}
