//! Reading a text into blocks again: for nothing where our own reader does it, by a model for a credit where it cannot.

use async_trait::async_trait;
use igny8_ai::{
    AiFunction, Call, StoredAnswer,
    reader::{CutOff, read_with},
    shapes::{ContentOutput, ReparseInput, content_schema},
};
use igny8_blocks::{Block, Document};
use igny8_cloud::CloudError;
use igny8_core::{ContentId, Credits, Ctx, Error, Result};
use igny8_table::{Effects, Keys};
use igny8_work::{Failure, FunctionSpec, Item, Job, JobCreate, NewItem, Outcome, Phase, Progress, Step};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    Body, Content, Contents,
    anew::{Anew, Said},
    rewriting::Rewriting,
    truth::{Given, Making, with_references},
    write::body_of,
};

/// Reads a stored answer, or HTML, into blocks again.
pub const REPARSE: FunctionSpec = FunctionSpec { name: "reparse_content", queue: "writer-generate", max_attempts: 4 };
/// What a model costs for it.
const PRICE: Credits = Credits(1);
/// The most contents of one request.
const MOST: usize = 40;
/// The longest HTML, in bytes: some hundred pages.
const MOST_HTML: usize = 300_000;

/// What to read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReparseRequest {
    /// The contents, all of one site; at most 40.
    pub content_ids: Vec<ContentId>,
    /// HTML that takes the place of the body, for one content; the stored answer of the model unless told.
    #[serde(default)]
    pub html: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Input {
    content_id: ContentId,
    /// Where the HTML lies.
    #[serde(default)]
    html_key: Option<String>,
}

/// A stored answer, and what our reader makes of it where it can read it.
struct Stored {
    text: String,
    read: Option<Read>,
}

struct Read {
    body: Body,
    /// Addresses that the model made up.
    dropped: Vec<String>,
    /// Nothing of the answer was left out: a model would find no more in it.
    is_whole: bool,
}

/// What is to be read again, and how far our own reader came.
struct Question {
    text: String,
    /// What a person's edits are told apart by.
    base: Body,
    /// Where its links lead.
    given: Given,
    ours: Ours,
}

enum Ours {
    /// It is new, and more than there was; with it the addresses that the model made up.
    New(Box<Body>, Vec<String>),
    /// It is all that there is, and what is there already.
    Same,
    /// It is not all: a model has to read it.
    Less,
}

impl Contents {
    /// What reading again would cost at most: 1 credit each. Where our own reader can do it, nothing is charged.
    pub async fn plan_reparse(&self, ctx: &Ctx, request: &ReparseRequest) -> Result<(Credits, usize)> {
        let contents = self.to_reparse(ctx, request).await?;
        Ok((contents.iter().map(|_| PRICE).sum(), contents.len()))
    }

    /// Starts to read contents again. What people changed since is kept, as when a text is written anew; HTML takes the
    /// place of the body as it is.
    ///
    /// Errors: unknown content (404), more than 40 (422), nothing to read (409), too few credits (402).
    pub async fn reparse(&self, ctx: &Ctx, request: &ReparseRequest) -> Result<Job> {
        let contents = self.to_reparse(ctx, request).await?;
        let html_key = match &request.html {
            Some(html) => {
                let name = format!("{:016x}-html", ctx.env.random() as u64);
                Some(self.put_anew(ctx, contents[0].id, &name, html).await?)
            }
            None => None,
        };
        let site = contents[0].site_id;
        let mut items = Vec::new();
        for content in contents {
            let input = Input { content_id: content.id, html_key: html_key.clone() };
            let input = serde_json::to_value(input).map_err(Error::internal)?;
            items.push(NewItem { title: content.title, input, price: PRICE });
        }
        self.work.create(ctx, JobCreate::new(ctx, REPARSE, site, items)).await
    }

    async fn to_reparse(&self, ctx: &Ctx, request: &ReparseRequest) -> Result<Vec<Content>> {
        let mut ids = request.content_ids.clone();
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(*id));
        if ids.is_empty() || ids.len() > MOST {
            return Err(Error::invalid("content_ids", format!("send 1 to {MOST} ids")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Content::key_of(&keys, *id)).collect();
        let found: Option<Vec<Content>> = self.table.get_many::<Content>(&wanted).await?.into_iter().collect();
        let contents = found.ok_or_else(|| Error::not_found("content"))?;
        let site = contents[0].site_id;
        if contents.iter().any(|content| content.site_id != site) {
            return Err(Error::invalid("content_ids", "must all be of one site"));
        }
        self.accounts.site(ctx, site).await.map_err(|_| Error::not_found("content"))?;
        if request.html.is_none() {
            for content in &contents {
                self.no_proposal(ctx, content).await?;
            }
        }
        if let Some(html) = &request.html {
            if contents.len() > 1 {
                return Err(Error::invalid("html", "goes with one content only"));
            }
            if html.len() > MOST_HTML || Document::from_html(html).word_count() == 0 {
                return Err(Error::invalid("html", format!("send text of at most {MOST_HTML} bytes")));
            }
            return Ok(contents);
        }
        if let Some(other) = contents.iter().find(|content| content.source != "ai" && content.ai_revision.is_none()) {
            let message =
                format!("No model has written “{}”: there is no answer to read again. Send HTML.", other.title);
            return Err(Error::conflict(message));
        }
        Ok(contents)
    }

    /// The stored answer of a content that has most to read, and what our reader makes of it with what its writer was
    /// given then.
    async fn stored_answer(&self, raw: &str, content: &Content, given: &Given) -> Result<Option<Stored>, Failure> {
        let mut best: Option<Stored> = None;
        for call in [Call::Repair, Call::Fallback, Call::First] {
            let answer: StoredAnswer = match self.cloud.get_json(&format!("{raw}/{}.json", call.as_str())).await {
                Ok(answer) => answer,
                Err(CloudError::NotFound) => continue,
                Err(error) => return Err(error.into()),
            };
            let read = read_with::<ContentOutput>(&answer.text, CutOff::Drop).ok().map(|read| {
                let is_whole =
                    !read.is_cut() && Document::from_model(&with_references(&read.value.blocks)).removed.is_empty();
                let (body, dropped) = body_of(&read.value, &content.entity_type, &content.structure, given);
                Read { body, dropped, is_whole }
            });
            let words = |read: &Option<Read>| read.as_ref().map_or(0, |read| read.body.blocks.word_count());
            if best.as_ref().is_none_or(|best| words(&best.read) < words(&read)) {
                best = Some(Stored { text: answer.text, read });
            }
        }
        Ok(best)
    }
}

/// The AI function that turns any text into blocks.
#[derive(Debug, Clone, Copy)]
struct ReparseContent;

impl AiFunction for ReparseContent {
    const NAME: &'static str = REPARSE.name;
    const MAX_TOKENS: u32 = 16_000;
    const TEMPERATURE: f32 = 0.0;
    type Input = ReparseInput;
    type Output = ContentOutput;

    fn schema() -> Value {
        content_schema()
    }

    fn accepts_cut(&self) -> bool {
        false
    }

    /// A text is read, not shortened.
    fn check(&self, input: &ReparseInput, output: ContentOutput) -> Result<ContentOutput, String> {
        let body = blocks_of(&output);
        let before = Block::Html { html: input.text.clone() }.plain_text().split_whitespace().count();
        if body.is_empty() || (body.word_count() as usize) < before / 2 {
            return Err("Most of the text is missing. Turn all of it into blocks.".to_owned());
        }
        match body.validate() {
            Ok(()) => Ok(output),
            Err(errors) => {
                let first = errors.first().map(|error| format!("{}: {}", error.field, error.message));
                Err(format!("The body cannot be kept. {}", first.unwrap_or_default()))
            }
        }
    }

    fn price(&self, _: &ReparseInput, _: &ContentOutput) -> Credits {
        PRICE
    }
}

/// The body of an answer, but for where its links lead.
fn blocks_of(output: &ContentOutput) -> Document {
    Given::default().resolve(&output.blocks).0
}

/// Whether our reader brought all words of the HTML into blocks; a few may go with menus and forms.
fn reads_whole(html: &str, read: &Document) -> bool {
    let all = Document(vec![Block::Html { html: html.to_owned() }]).word_count();
    !read.is_empty() && read.validate().is_ok() && u64::from(read.word_count()) * 100 >= u64::from(all) * 98
}

/// Whether what our reader makes of an answer today is more than what it made of it then.
fn is_better(read: &Document, then: &Document) -> bool {
    read != then && read.word_count() >= then.word_count() && read.validate().is_ok()
}

/// The worker's step.
pub(crate) struct ReparseStep<'a>(pub &'a Rewriting);

#[async_trait]
impl Step for ReparseStep<'_> {
    fn spec(&self) -> FunctionSpec {
        REPARSE
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let input: Input = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        let contents = &self.0.contents;
        let content = contents.content(ctx, input.content_id).await?;
        let mine = contents.body(ctx, &content).await?;
        let Question { text, base, given, ours } = self.question(ctx, &input, &content, &mine).await?;
        let by_us = !matches!(ours, Ours::Less);
        let (new, dropped, usage) = match ours {
            Ours::New(new, dropped) => (*new, dropped, Vec::new()),
            Ours::Same => {
                let result = json!({ "content_id": content.id, "changed": false, "by_ai": false });
                return Ok(Outcome { effects: Effects::new(), price: Credits::ZERO, usage: Vec::new(), result });
            }
            Ours::Less => {
                if input.html_key.is_none() {
                    contents.no_proposal(ctx, &content).await?;
                }
                let question = ReparseInput { title: mine.title.clone(), text, language: content.language.clone() };
                let work = &contents.work;
                let (answer, usage) =
                    work.ask(self.0.models.as_ref(), &ReparseContent, &question, ctx, item, progress).await?;
                let (blocks, dropped) = given.resolve(&answer.output.blocks);
                (Body { blocks, ..base.clone() }, dropped, usage)
            }
        };
        progress.phase(Phase::Save).await;
        let note = if by_us { "Read again from the stored text" } else { "Read again by the AI" };
        let written = input.html_key.is_none().then(|| new.clone());
        let anew = Anew { base, new, written, raw: None };
        let said = Said { note: note.to_owned(), making: Making::of(&usage, dropped) };
        let (effects, mut result) = contents.take_anew(ctx, item, &content, &mine, anew, said).await?;
        result["by_ai"] = json!(!by_us);
        // Our own reading is free, and so is an answer that changes nothing.
        let price = if by_us || effects.is_empty() { Credits::ZERO } else { PRICE };
        Ok(Outcome { effects, price, usage, result })
    }
}

impl ReparseStep<'_> {
    async fn question(&self, ctx: &Ctx, input: &Input, content: &Content, mine: &Body) -> Result<Question, Failure> {
        let contents = &self.0.contents;
        if let Some(key) = &input.html_key {
            let html: String = contents.cloud.get_json(key).await?;
            let read = Document::from_html(&html);
            let ours = if reads_whole(&html, &read) {
                Ours::New(Box::new(Body { blocks: read, ..mine.clone() }), Vec::new())
            } else {
                Ours::Less
            };
            // Who sends HTML means all of it: it takes the place of what is there.
            return Ok(Question { given: Given::of_html(&html), text: html, base: mine.clone(), ours });
        }
        let gone = || Failure::for_good("The stored answer is no longer there. Send the text as HTML instead.");
        let (stored, then) = contents.written(ctx, content).await?.ok_or_else(gone)?;
        let raw = stored.raw.ok_or_else(gone)?;
        // Without what it was given nobody knows where its links lead.
        let given = contents.given_then(&raw).await?.ok_or_else(gone)?;
        let Stored { text, read } = contents.stored_answer(&raw, content, &given).await?.ok_or_else(gone)?;
        let ours = match read {
            Some(read) if is_better(&read.body.blocks, &then.blocks) => Ours::New(Box::new(read.body), read.dropped),
            Some(read) if read.is_whole && read.body.blocks == then.blocks => Ours::Same,
            _ => Ours::Less,
        };
        Ok(Question { text, base: then, given, ours })
    }
}

#[cfg(test)]
mod tests {
    use igny8_ai::{
        AiFunction,
        shapes::{ContentOutput, ReparseInput},
    };
    use igny8_blocks::Document;
    use serde_json::json;

    use super::{ReparseContent, is_better, reads_whole};

    #[test]
    fn what_our_reader_reads_whole_is_free() {
        let html = "<h2>Why</h2><p>Old oil wears the <b>engine</b>.</p><ul><li>Soon</li></ul>";
        assert!(reads_whole(html, &Document::from_html(html)));
        assert!(!reads_whole(html, &Document::from_html("<p>Old oil</p>")));
        assert!(!reads_whole("<p></p>", &Document::default()));
    }

    #[test]
    fn an_answer_is_better_when_it_has_no_fewer_words() {
        let (short, long) = (Document::from_html("<p>a b</p>"), Document::from_html("<p>a b</p><p>c</p>"));
        assert!(is_better(&long, &short) && !is_better(&short, &long) && !is_better(&long, &long));
    }

    #[test]
    fn a_model_must_not_shorten() {
        let input = ReparseInput { text: "one two three four five six".to_owned(), ..ReparseInput::default() };
        let output = |text: &str| ContentOutput {
            blocks: vec![json!({ "type": "paragraph", "text": text })],
            ..ContentOutput::default()
        };
        assert!(ReparseContent.check(&input, output("one two")).is_err());
        assert!(ReparseContent.check(&input, output("one two three four five")).is_ok());
    }
}
