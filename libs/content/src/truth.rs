//! Truth: a model refers to what it was given and never writes an address; figures and quotations are compared with the
//! sources.

use std::collections::{BTreeMap, BTreeSet};

use igny8_ai::shapes::{PageIn, SourceIn};
use igny8_blocks::{Address, Document};
use igny8_claims::{Claim, claims};
use igny8_cloud::CloudError;
use igny8_core::{ContentId, Ctx, Error, Limit, Result, SiteId, SiteScoped, SourceId};
use igny8_table::{Cond, Entity, Keys, Query};
use igny8_work::{Item, UsedModel};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Body, Content, Contents, Source, SourceView};

/// The most sources of a task or a content.
pub(crate) const MOST_SOURCES: usize = 5;
/// How much of a source a model reads, in characters; claims are compared with all of it.
const READ: usize = 6_000;
/// How many pages of the site a model may refer to: the newest ones.
const MOST_PAGES: usize = 30;
/// Dropped links that a revision remembers, and how much of each.
const MOST_DROPPED: usize = 20;
const LONGEST_DROPPED: usize = 200;
/// Where references stand while a body is read: an address that can lead nowhere (RFC 2606).
const REFERENCE: &str = "https://ref.invalid/";
/// Where addresses stand meanwhile that a body may not have: dropped with the others, they are named.
const REFUSED: &str = "https://refused.invalid/";
/// How addresses begin that a body may have; the model has no right to them, but they are read as they are.
const READABLE: [&str; 5] = ["https://", "http://", "mailto:", "/", "#"];

/// Where a revision comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Provenance {
    /// The model that wrote it.
    pub model: String,
    /// Tokens of the prompts, of all calls that it took.
    pub tokens_in: u64,
    /// Tokens of the answers.
    pub tokens_out: u64,
    /// What the calls cost, in millionths of a cent; 0 where no price is known.
    pub cost_microcents: u64,
    /// Addresses that the model made up; the words of links stay, pictures are left out.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub dropped_links: Vec<String>,
}

impl Provenance {
    /// From what the calls of an item used.
    pub(crate) fn of(usage: &[UsedModel], dropped_links: Vec<String>) -> Option<Self> {
        let last = usage.last()?;
        Some(Self {
            model: last.model.clone(),
            tokens_in: usage.iter().map(|used| used.tokens_in).sum(),
            tokens_out: usage.iter().map(|used| used.tokens_out).sum(),
            cost_microcents: usage.iter().map(|used| used.cost_microcents).sum(),
            dropped_links,
        })
    }
}

/// A model's part in a revision, as long as the revision is still to come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Making {
    /// The model behind it, where one wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub provenance: Option<Provenance>,
    /// The version of the tenant's own prompt that it was written with; none is the default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prompt_version: Option<u32>,
}

impl Making {
    /// From what the calls of an item used; nothing where no model was asked.
    pub fn of(usage: &[UsedModel], dropped_links: Vec<String>) -> Self {
        let prompt_version = usage.last().and_then(|used| used.prompt_version);
        Self { provenance: Provenance::of(usage, dropped_links), prompt_version }
    }
}

/// The claims of a content and what they were compared with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Claims {
    /// In the order of the text, the first 500.
    pub claims: Vec<Claim>,
    /// How many of them no source supports.
    pub unsupported: usize,
    /// The sources of the content.
    pub sources: Vec<Source>,
}

/// What a writer is given beside its task, as it is kept with the raw answers: pages and sources change, and an answer
/// refers to those that it was given. By default nothing, and then every link is dropped.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Given {
    /// Sources, as S1, S2 …
    sources: Vec<SourceIn>,
    /// Pages of the site, as P1, P2 …
    pages: Vec<PageIn>,
    /// Where a link leads, by what the model writes for it.
    links: BTreeMap<String, String>,
    /// The addresses of pictures that may stay.
    #[serde(skip)]
    pictures: BTreeSet<String>,
}

impl Given {
    /// Numbers what a writer is given.
    fn of(sources: Vec<SourceView>, pages: impl Iterator<Item = (String, String)>) -> Self {
        let mut given = Self::default();
        for (number, view) in (1..).zip(sources) {
            let reference = format!("S{number}");
            given.links.extend(view.source.url.map(|url| (reference.clone(), url)));
            let text = view.text.chars().take(READ).collect();
            given.sources.push(SourceIn { reference, title: view.source.title, text });
        }
        for (number, (title, path)) in (1..).zip(pages) {
            let reference = format!("P{number}");
            given.links.insert(reference.clone(), path);
            given.pages.push(PageIn { reference, title });
        }
        given
    }

    /// What a model has that reads HTML of a person: the addresses that stand in it may stay, and no others.
    pub fn of_html(html: &str) -> Self {
        let addresses = Document::from_html(html).addresses();
        let links = addresses.iter().map(|address| (address.clone(), address.clone())).collect();
        Self { links, pictures: addresses, ..Self::default() }
    }

    /// What the model reads.
    pub fn for_model(&self) -> (Vec<SourceIn>, Vec<PageIn>) {
        (self.sources.clone(), self.pages.clone())
    }

    /// The body of an answer with its references resolved, and the links and pictures that were dropped: a model writes no
    /// address, in no kind of block.
    pub fn resolve(&self, blocks: &[Value]) -> (Document, Vec<String>) {
        let mut document = Document::from_model(&with_references(blocks)).document;
        let mut dropped = Vec::new();
        document.resolve_links(&mut |address| {
            let (known, shown) = match address {
                Address::Link(href) if href.starts_with(REFUSED) => (None, href[REFUSED.len()..].to_owned()),
                Address::Link(href) => {
                    let reference = href.strip_prefix(REFERENCE);
                    let known = self.links.get(reference.map_or(href, str::trim)).cloned();
                    (known, reference.map_or_else(|| href.to_owned(), |reference| format!("ref:{reference}")))
                }
                Address::Picture(src) => (self.pictures.get(src).cloned(), src.to_owned()),
            };
            if known.is_none() && dropped.len() < MOST_DROPPED {
                dropped.push(shown.replace(REFERENCE, "ref:").chars().take(LONGEST_DROPPED).collect());
            }
            known
        });
        (document.clean().document, dropped)
    }
}

/// The blocks of an answer as they can be read: references are written as addresses that a body may have meanwhile.
pub(crate) fn with_references(blocks: &[Value]) -> Value {
    fn written(value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(referred(text)),
            Value::Array(items) => items.iter().map(written).collect(),
            // What program text says is no link.
            Value::Object(members) if members.get("type").and_then(Value::as_str) == Some("code") => value.clone(),
            Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), written(value))).collect(),
            other => other.clone(),
        }
    }
    blocks.iter().map(written).collect()
}

/// Writes the references of links, however their tag is spelled, and what no reader would show, as addresses that can be
/// read; what is text stays as it is.
fn referred(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (start, _) in lower.match_indices("<a") {
        let tag = &lower[start + 2..];
        let tag = &tag[..tag.find(['<', '>']).unwrap_or(tag.len())];
        if !tag.starts_with(|c: char| c.is_whitespace() || c == '/') {
            continue;
        }
        let Some(value) = tag.match_indices("href").find_map(|(at, name)| {
            let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
            Some(value.strip_prefix(['"', '\'']).unwrap_or(value).trim_start())
        }) else {
            continue;
        };
        let (instead, length) = if value.starts_with("ref:") {
            (REFERENCE, "ref:".len())
        } else if value.starts_with(['"', '\''])
            || value.is_empty()
            || READABLE.iter().any(|known| value.starts_with(known))
        {
            continue;
        } else {
            (REFUSED, 0)
        };
        let at = start + 2 + tag.len() - value.len();
        out.push_str(&text[done..at]);
        out.push_str(instead);
        done = at + length;
    }
    out.push_str(&text[done..]);
    out
}

fn given_key(raw: &str) -> String {
    format!("{raw}/given.json")
}

impl Contents {
    /// What the writer of an item is given: the sources, and the newest public pages of the site but the one that is being
    /// written. It is kept before the model is asked; a rerun, and whoever reads the answer again, finds what the answer
    /// refers to.
    pub(crate) async fn given(
        &self,
        ctx: &Ctx,
        item: &Item,
        site: SiteId,
        sources: &[SourceId],
        own: Option<ContentId>,
    ) -> Result<Given> {
        let raw = item.raw_prefix(ctx.tenant);
        if let Some(given) = self.given_then(&raw).await? {
            return Ok(given);
        }
        let keys = Keys::new(ctx);
        let public = Query::partition(keys.site_partition(site, Content::KIND))
            .descending()
            .filter(Cond::Has("destinations.igny8"))
            .limit(Limit::new(MOST_PAGES).unwrap_or_default());
        let found = self.table.query::<Content>(&keys, public).await?.items.into_iter();
        let pages = found.filter(|content| Some(content.id) != own).filter_map(|content| {
            let slug = &content.destinations.get("igny8")?.slug;
            Some((content.title, format!("/{slug}")))
        });
        let given = Given::of(self.sources_by_id(ctx, sources).await?, pages);
        let body = serde_json::to_vec(&given).map_err(Error::internal)?;
        if self.cloud.put_object_if_absent("content.put_given", &given_key(&raw), "application/json", body).await? {
            return Ok(given);
        }
        // Somebody else runs the same item: what they kept counts.
        self.given_then(&raw).await?.ok_or_else(|| Error::internal("what was kept for an answer is gone"))
    }

    /// What the writer of raw answers was given; none when it is no longer there.
    pub(crate) async fn given_then(&self, raw: &str) -> Result<Option<Given>> {
        match self.cloud.get_json(&given_key(raw)).await {
            Ok(given) => Ok(Some(given)),
            Err(CloudError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The figures and quotations of a content as it is now, each with the span of a source that supports it, if one does.
    pub async fn claims(&self, ctx: &Ctx, id: ContentId) -> Result<Claims> {
        let content = self.content(ctx, id).await?;
        let body = self.body(ctx, &content).await?;
        self.compare(ctx, &content, &body).await
    }

    /// The same of a content whose body is at hand.
    pub async fn compare(&self, ctx: &Ctx, content: &Content, body: &Body) -> Result<Claims> {
        let sources = self.sources_by_id(ctx, &content.source_ids).await?;
        let ids: Vec<String> = sources.iter().map(|view| view.source.id.to_string()).collect();
        let texts: Vec<_> =
            ids.iter().zip(&sources).map(|(id, view)| igny8_claims::Source { id, text: &view.text }).collect();
        let claims = claims(&body.blocks, &texts);
        let unsupported = claims.iter().filter(|claim| claim.support.is_none()).count();
        Ok(Claims { claims, unsupported, sources: sources.into_iter().map(|view| view.source).collect() })
    }

    /// Checks sources that somebody names: of this site, at most five, each once.
    pub(crate) async fn check_sources(&self, ctx: &Ctx, site: SiteId, ids: Vec<SourceId>) -> Result<Vec<SourceId>> {
        let mut seen = std::collections::HashSet::new();
        let ids: Vec<SourceId> = ids.into_iter().filter(|id| seen.insert(*id)).collect();
        if ids.len() > MOST_SOURCES {
            return Err(Error::invalid("source_ids", format!("send at most {MOST_SOURCES} sources")));
        }
        if ids.iter().any(|id| id.site_tag() != site.site_tag()) || self.lacks_source(ctx, &ids).await? {
            return Err(Error::not_found("source"));
        }
        Ok(ids)
    }
}

#[cfg(test)]
mod tests {
    use igny8_blocks::Document;
    use serde_json::{Value, json};

    use super::{Given, referred};

    fn given() -> Given {
        let links = [("S1", "https://example.com/study"), ("P1", "/guide")];
        Given { links: links.map(|(name, to)| (name.to_owned(), to.to_owned())).into(), ..Given::default() }
    }

    fn read(blocks: Value) -> (String, Vec<String>) {
        let (document, dropped) = given().resolve(blocks.as_array().unwrap());
        assert_eq!(document.clone().clean().document, document, "it is as it is kept");
        (document.to_html(), dropped)
    }

    #[test]
    fn references_are_found_however_they_are_spelled() {
        for tag in ["<a href=\"ref:S1\">", "<A HREF='Ref:S1'>", "<a href=ref:S1>", "<a\nclass=x href = \" ref:S1 \">"] {
            let (html, dropped) = read(json!([{ "type": "paragraph", "text": format!("See {tag}it</a>.") }]));
            assert!(html.contains("<a href=\"https://example.com/study\">it</a>"), "{tag}: {html}");
            assert_eq!(dropped, Vec::<String>::new(), "{tag}");
        }
        for text in
            ["href=\"ref:S1\"", "&lt;a href=\"ref:S1\"&gt;", "<abbr href=\"ref:S1\">", "<a>href=\"ref:S1\"</a>", "İ<a"]
        {
            assert_eq!(referred(text), text);
        }
        let code = "<a href=\"ref:S1\">";
        let (html, _) = read(json!([{ "type": "code", "language": null, "text": code }]));
        assert!(html.contains("ref:S1") && !html.contains("ref.invalid"), "{html}");
    }

    #[test]
    fn a_model_writes_no_address_in_any_kind_of_block() {
        let (html, dropped) = read(json!([
            { "type": "html", "html": "<p><a href=\"ref:S1\">study</a> <a href=\"https://evil.example\">more</a>\
                <img src=\"https://evil.example/p.gif\"></p>" },
            { "type": "image", "src": "https://made.up/x.png", "alt": "x" },
            { "type": "image", "src": "ref:S1", "alt": "x" },
            { "type": "image", "src": "https://ref.invalid/S1", "alt": "x" },
            { "type": "quote", "text": "So it is", "cite": "<a href=\"https://ref.invalid/S7\">them</a>" },
            { "type": "faq", "items": [{ "question": "Where?", "answer": "<a href=\"ref:P1\">Here</a>" }] },
            { "type": "paragraph", "text": "<a href=\"javascript:x()\">a</a> <a href=www.evil.example>b</a> <a href=\"\">c</a>" },
        ]));
        assert!(html.contains("<a href=\"https://example.com/study\">study</a> more"), "{html}");
        assert!(html.contains("<a href=\"/guide\">Here</a>"), "{html}");
        assert!(!html.contains("evil") && !html.contains("made.up") && !html.contains("ref.invalid"), "{html}");
        assert!(!html.contains("<img"), "{html}");
        let mut dropped = dropped;
        dropped.sort();
        assert_eq!(dropped[0..2], ["https://evil.example", "https://evil.example/p.gif"]);
        for named in ["https://made.up/x.png", "ref:S7", "javascript:x()", "www.evil.example"] {
            assert!(dropped.iter().any(|dropped| dropped == named), "{named}: {dropped:?}");
        }
    }

    #[test]
    fn of_html_that_a_person_sent_its_own_addresses_stay() {
        let html =
            "<p>See <a href=\"https://example.com/a\">a</a></p><img src=\"/own.jpg\"><script src=\"/x.js\"></script>";
        let given = Given::of_html(html);
        let blocks = json!([
            { "type": "paragraph", "text": "See <a href=\"https://example.com/a\">a</a>, <a href=\"https://example.com/b\">b</a>" },
            { "type": "image", "src": "/own.jpg", "alt": "" },
            { "type": "image", "src": "/other.jpg", "alt": "" },
        ]);
        let (document, dropped) = given.resolve(blocks.as_array().unwrap());
        assert_eq!(dropped, ["https://example.com/b", "/other.jpg"]);
        let expected =
            Document::from_html("<p>See <a href=\"https://example.com/a\">a</a>, b</p><img src=\"/own.jpg\" alt=\"\">");
        assert_eq!(document, expected);
    }
}
