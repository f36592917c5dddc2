//! Writing a content, or one section of it, anew, without losing what people changed in it.

use async_trait::async_trait;
use igny8_ai::{
    AiFunction,
    shapes::{ContentInput, Section, SectionInput, SectionOutput, SiteInfo, section_schema},
};
use igny8_blocks::{Block, Document};
use igny8_core::{ContentId, Credits, Ctx, Error, Result};
use igny8_table::Keys;
use igny8_work::{Failure, FunctionSpec, Item, Job, JobCreate, NewItem, Outcome, Phase, Progress, Step};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    Body, Content, Contents, Task,
    anew::{Anew, Said},
    generate::PRICE,
    rewriting::Rewriting,
    truth::{Given, Making},
    voice::{self, Chosen, Order},
    write::{GenerateContent, body_of, outline_of},
};

/// Writes a content or a section of it anew.
pub const REGENERATE: FunctionSpec =
    FunctionSpec { name: "regenerate_content", queue: "writer-generate", max_attempts: 4 };
/// The AI function that writes a section.
pub(crate) const SECTION: &str = "regenerate_section";
/// A section costs a third of an article: one short answer, as a set of titles or a reading anew is.
const SECTION_PRICE: Credits = Credits(1);
/// The longest wish, in characters.
const MOST_INSTRUCTIONS: usize = 500;

/// What to write anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegenerateRequest {
    /// The content.
    pub content_id: ContentId,
    /// Only the section of the heading at this index of `blocks`, up to the next heading of its level; the whole
    /// content unless told.
    #[serde(default)]
    pub section: Option<usize>,
    /// What should be other than it is, at most 500 characters.
    #[serde(default)]
    pub instructions: Option<String>,
}

/// A section as an item remembers it: the body may have changed until it runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    index: usize,
    heading: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Input {
    content_id: ContentId,
    section: Option<Place>,
    #[serde(default)]
    instructions: String,
}

impl Contents {
    /// What writing anew would cost: 3 credits for the whole, 1 for a section.
    pub async fn plan_regeneration(&self, ctx: &Ctx, request: &RegenerateRequest) -> Result<(Credits, usize)> {
        let (_, _, price) = self.to_regenerate(ctx, request).await?;
        Ok((price, 1))
    }

    /// Starts to write a content or a section of it anew. What people changed since the AI wrote it is kept: merged in
    /// by itself where it goes, else beside the new text in a proposal.
    ///
    /// Errors: unknown content (404), a proposal waits (409), no heading at `section` (422), too few credits (402).
    pub async fn regenerate(&self, ctx: &Ctx, request: &RegenerateRequest) -> Result<Job> {
        let (content, input, price) = self.to_regenerate(ctx, request).await?;
        self.no_proposal(ctx, &content).await?;
        let title = match &input.section {
            Some(place) => format!("{}: {}", content.title, place.heading),
            None => content.title.clone(),
        };
        let input = serde_json::to_value(input).map_err(Error::internal)?;
        let item = NewItem { title, input, price };
        self.work.create(ctx, JobCreate::new(ctx, REGENERATE, content.site_id, vec![item])).await
    }

    async fn to_regenerate(&self, ctx: &Ctx, request: &RegenerateRequest) -> Result<(Content, Input, Credits)> {
        let content = self.content(ctx, request.content_id).await?;
        let instructions = request.instructions.as_deref().unwrap_or_default();
        let instructions = instructions.split_whitespace().collect::<Vec<_>>().join(" ");
        if instructions.chars().count() > MOST_INSTRUCTIONS {
            let message = format!("must have at most {MOST_INSTRUCTIONS} characters");
            return Err(Error::invalid("instructions", message));
        }
        let section = match request.section {
            None => None,
            Some(index) => {
                let body = self.body(ctx, &content).await?;
                let heading = heading_at(&body.blocks, index)
                    .ok_or_else(|| Error::invalid("section", "there is no heading at this index of blocks"))?;
                Some(Place { index, heading })
            }
        };
        let price = if section.is_some() { SECTION_PRICE } else { PRICE };
        Ok((content, Input { content_id: request.content_id, section, instructions }, price))
    }
}

fn heading_at(document: &Document, index: usize) -> Option<String> {
    match document.0.get(index)? {
        block @ Block::Heading { .. } => Some(block.plain_text()),
        _ => None,
    }
}

impl Place {
    /// Where the section is now: its heading, nearest to where it was.
    fn find(&self, document: &Document) -> Option<usize> {
        let fits = |at: &usize| heading_at(document, *at).as_deref() == Some(self.heading.as_str());
        (0..document.0.len()).filter(fits).min_by_key(|at| at.abs_diff(self.index))
    }
}

/// The AI function that writes a section.
#[derive(Debug, Clone, Copy)]
struct RegenerateSection;

impl AiFunction for RegenerateSection {
    const NAME: &'static str = SECTION;
    const MAX_TOKENS: u32 = 6_000;
    const TEMPERATURE: f32 = 0.7;
    type Input = SectionInput;
    type Output = SectionOutput;

    fn schema() -> Value {
        section_schema()
    }

    /// A section without its end is not one.
    fn accepts_cut(&self) -> bool {
        false
    }

    fn check(&self, input: &SectionInput, output: SectionOutput) -> Result<SectionOutput, String> {
        let (read, _) = section_of(input.level, &output, &Given::default());
        if read.word_count() < 10 {
            return Err("The section has no readable text. Write it into blocks, as the schema says.".to_owned());
        }
        let errors = read.validate().err().unwrap_or_default();
        match errors.first() {
            Some(error) => Err(format!("The section cannot be kept. {}: {}", error.field, error.message)),
            None => Ok(output),
        }
    }

    fn price(&self, _: &SectionInput, _: &SectionOutput) -> Credits {
        SECTION_PRICE
    }
}

/// What a model wrote as a section, below its heading: a heading at the beginning repeats the one that is there, and
/// others may not end the section. Its references are resolved; with it come the links that were dropped.
fn section_of(level: u8, output: &SectionOutput, given: &Given) -> (Document, Vec<String>) {
    let (mut read, dropped) = given.resolve(&output.blocks);
    if matches!(read.0.first(), Some(Block::Heading { level: first, .. }) if *first <= level) {
        read.0.remove(0);
    }
    for block in &mut read.0 {
        if let Block::Heading { level: own, text } = block
            && *own <= level
        {
            if level < 4 {
                *own = level + 1;
            } else {
                *block = Block::Paragraph { text: format!("<strong>{text}</strong>") };
            }
        }
    }
    (read.clean().document, dropped)
}

/// The body with a section replaced below its heading.
fn with_section(document: &Document, at: usize, section: &Document) -> Document {
    let range = document.section(at).unwrap_or(at..at + 1);
    let head = document.0.iter().take(range.start + 1);
    head.chain(&section.0).chain(document.0.iter().skip(range.end)).cloned().collect()
}

/// The worker's step.
pub(crate) struct RegenerateStep<'a>(pub &'a Rewriting);

#[async_trait]
impl Step for RegenerateStep<'_> {
    fn spec(&self) -> FunctionSpec {
        REGENERATE
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let input: Input = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        let contents = &self.0.contents;
        let content = contents.content(ctx, input.content_id).await?;
        let mine = contents.body(ctx, &content).await?;
        contents.no_proposal(ctx, &content).await?;
        let written = contents.written(ctx, &content).await?.map(|(_, body)| body);
        let chosen = voice::chosen(&contents.thinker, ctx, Order::from(&content), &self.0.models).await?;
        let given = contents.given(ctx, item, content.site_id, &content.source_ids, Some(content.id)).await?;
        let (work, models) = (&contents.work, chosen.models.as_ref());
        let (anew, note, usage, dropped) = if let Some(place) = &input.section {
            let at = place.find(&mine.blocks).ok_or_else(|| {
                Failure::for_good(format!("The section “{}” is no longer there. Nothing was charged.", place.heading))
            })?;
            let question = section_question(&content, &mine, at, &input.instructions, &chosen, &given);
            let (answer, usage) = work.ask(models, &RegenerateSection, &question, ctx, item, progress).await?;
            let (section, dropped) = section_of(question.level, &answer.output, &given);
            let note = format!("The AI wrote the section “{}” anew", place.heading);
            (anew_section(&mine, written.as_ref(), at, &section), note, usage, dropped)
        } else {
            let wish = wish(&content, &input.instructions);
            let question = whole_question(contents, ctx, &content, &mine, &wish, (&chosen, &given)).await?;
            let (answer, usage) = work.ask(models, &GenerateContent, &question, ctx, item, progress).await?;
            let (new, dropped) = body_of(&answer.output, &content.entity_type, &content.structure, &given);
            let base = written.unwrap_or_else(|| nothing(&mine));
            let raw = Some(item.raw_prefix(ctx.tenant));
            let anew = Anew { base, written: Some(new.clone()), new, raw };
            (anew, "The AI wrote it anew".to_owned(), usage, dropped)
        };
        progress.phase(Phase::Save).await;
        let said = Said { note, making: Making::of(&usage, dropped) };
        let (effects, result) = contents.take_anew(ctx, item, &content, &mine, anew, said).await?;
        // Who gets back what is there already does not pay for it.
        let price = if effects.is_empty() { Credits::ZERO } else { item.price };
        Ok(Outcome { effects, price, usage, result })
    }
}

/// The question for the whole: the order as it was, or what the content says of itself.
pub(crate) async fn whole_question(
    contents: &Contents,
    ctx: &Ctx,
    content: &Content,
    mine: &Body,
    wish: &str,
    (chosen, given): (&Chosen, &Given),
) -> Result<ContentInput, Failure> {
    let (sources, pages) = given.for_model();
    let site = contents.accounts.site(ctx, content.site_id).await?;
    let task = match content.task_id {
        Some(task) => contents.table.get::<Task>(Task::key_of(&Keys::new(ctx), task)).await?,
        None => None,
    };
    let mut outline = task.as_ref().map(outline_of).unwrap_or_default();
    if outline.is_empty() {
        let sections = mine.blocks.outline().into_iter().filter(|entry| entry.level == 2);
        outline = sections.map(|entry| Section { heading: entry.text, points: Vec::new() }).collect();
    }
    let angle = task.as_ref().map(|task| task.angle.as_str()).unwrap_or_default();
    Ok(ContentInput {
        site: SiteInfo { site_name: site.name, industry: site.industry.unwrap_or_default(), locale: site.locale },
        title: mine.title.clone(),
        structure: content.structure.clone(),
        entity_type: content.entity_type.clone(),
        audience: task.as_ref().map(|task| task.audience.clone()).unwrap_or_default(),
        angle: format!("{angle} {wish}").trim().to_owned(),
        outline: chosen.whole(outline),
        keywords: content.keywords(),
        language: content.language.clone(),
        estimated_words: task.map_or(content.word_count.clamp(600, 2_500), |task| task.estimated_words),
        author: chosen.voice(),
        sources,
        pages,
    })
}

/// What the editor wishes, or else another text than the one that is there.
fn wish(content: &Content, instructions: &str) -> String {
    if instructions.is_empty() {
        format!("Write it in another way than before (version {}).", content.revision + 1)
    } else {
        instructions.to_owned()
    }
}

fn section_question(
    content: &Content,
    mine: &Body,
    at: usize,
    instructions: &str,
    chosen: &Chosen,
    given: &Given,
) -> SectionInput {
    let (sources, pages) = given.for_model();
    let range = mine.blocks.section(at).unwrap_or(at..at + 1);
    let level = match mine.blocks.0.get(at) {
        Some(Block::Heading { level, .. }) => *level,
        _ => 2,
    };
    let text: Document = mine.blocks.0.iter().take(range.end).skip(at + 1).cloned().collect();
    SectionInput {
        title: mine.title.clone(),
        keywords: content.keywords(),
        outline: mine.blocks.outline().into_iter().map(|entry| entry.text).collect(),
        section: heading_at(&mine.blocks, at).unwrap_or_default(),
        level,
        text: text.plain_text(),
        instructions: wish(content, instructions),
        language: content.language.clone(),
        author: chosen.voice(),
        sources,
        pages,
    }
}

/// What the AI began with where it has written nothing yet: all that is there is a person's.
fn nothing(mine: &Body) -> Body {
    let mut base = mine.clone();
    base.blocks = Document::default();
    // Data that there is was written by a person as well; with nothing to tell it from, the new one does not replace it.
    base.structure_data = None;
    for text in [&mut base.title, &mut base.excerpt, &mut base.meta_title, &mut base.meta_description] {
        text.clear();
    }
    base
}

/// A section in the body that the AI wrote last; or, when a person made it, beside what the person wrote.
fn anew_section(mine: &Body, written: Option<&Body>, at: usize, section: &Document) -> Anew {
    let there = written.and_then(|body| Some((body, mine.blocks.counterpart(at, &body.blocks)?)));
    if let Some((base, at)) = there {
        let new = Body { blocks: with_section(&base.blocks, at, section), ..base.clone() };
        return Anew { base: base.clone(), written: Some(new.clone()), new, raw: None };
    }
    let base = Body { blocks: with_section(&mine.blocks, at, &Document::default()), ..mine.clone() };
    let new = Body { blocks: with_section(&mine.blocks, at, section), ..mine.clone() };
    Anew { base, new, written: None, raw: None }
}

#[cfg(test)]
mod tests {
    use igny8_ai::shapes::SectionOutput;
    use igny8_blocks::{Block, Document, merge};
    use serde_json::json;

    use super::{Anew, Body, Given, Place, anew_section, nothing, section_of};

    fn body(blocks: Vec<Block>) -> Body {
        let text = String::new;
        Body {
            title: text(),
            excerpt: text(),
            meta_title: text(),
            meta_description: text(),
            blocks: Document(blocks),
            structure_data: None,
        }
    }

    fn heading(text: &str) -> Block {
        Block::Heading { level: 2, text: text.to_owned() }
    }

    fn paragraph(text: &str) -> Block {
        Block::Paragraph { text: text.to_owned() }
    }

    #[test]
    fn a_section_stays_below_its_heading() {
        let output = SectionOutput {
            blocks: vec![
                json!({ "type": "heading", "level": 2, "text": "Why" }),
                json!({ "type": "paragraph", "text": "Because." }),
                json!({ "type": "heading", "level": 2, "text": "More" }),
            ],
        };
        let (read, dropped) = section_of(2, &output, &Given::default());
        assert!(dropped.is_empty());
        assert_eq!(read.0, [paragraph("Because."), Block::Heading { level: 3, text: "More".to_owned() }]);
    }

    #[test]
    fn what_no_model_has_written_is_all_of_a_person() {
        let mut mine = body(vec![paragraph("By Ana")]);
        mine.title = "Ana's title".to_owned();
        let mut new = body(vec![paragraph("Something else")]);
        new.title = "Another title".to_owned();
        let anew = Anew { base: nothing(&mine), new, written: None, raw: None };
        let merged = merge(&anew.base.blocks, &mine.blocks, &anew.new.blocks);
        assert_eq!((merged.conflicts.len(), &merged.document), (1, &mine.blocks));
        assert_eq!(anew.beside(&mine).title, "Ana's title");
    }

    #[test]
    fn a_section_is_found_where_it_has_moved() {
        let place = Place { index: 0, heading: "Why".to_owned() };
        let document = Document(vec![paragraph("a"), heading("Why"), paragraph("b"), heading("Why")]);
        assert_eq!(place.find(&document), Some(1));
        assert_eq!(place.find(&Document(vec![heading("What")])), None);
    }

    #[test]
    fn what_a_person_wrote_elsewhere_is_not_touched_and_in_the_section_is_asked_about() {
        let written = body(vec![heading("Why"), paragraph("Old oil wears it"), heading("How"), paragraph("Drain it")]);
        let section = Document(vec![paragraph("Because metal meets metal")]);
        let mut mine = written.clone();
        mine.blocks.0[3] = paragraph("Drain it slowly");
        let anew = anew_section(&mine, Some(&written), 0, &section);
        let merged = merge(&anew.base.blocks, &mine.blocks, &anew.new.blocks);
        let expected = [heading("Why"), section.0[0].clone(), heading("How"), paragraph("Drain it slowly")];
        assert_eq!((merged.conflicts.len(), merged.document.0.as_slice()), (0, &expected[..]));
        mine.blocks.0[1] = paragraph("Old oil wears it, says Ana");
        let merged = merge(&anew.base.blocks, &mine.blocks, &anew.new.blocks);
        assert_eq!((merged.conflicts.len(), &merged.document), (1, &mine.blocks));
        // A section that a person made: nothing of it goes without a choice.
        mine.blocks.0.extend([heading("Costs"), paragraph("Twenty euros")]);
        let anew = anew_section(&mine, Some(&written), 4, &section);
        let merged = merge(&anew.base.blocks, &mine.blocks, &anew.new.blocks);
        assert_eq!((merged.conflicts.len(), &merged.document), (1, &mine.blocks));
    }
}
