//! The pages of a site from its contents: what a content says to readers and to search engines.

use igny8_accounts::Site;
use igny8_blocks::{StructureData, jsonld, structure::PostData};
use igny8_content::{Body, Content, Contents, Destination};
use igny8_core::{Ctx, Result, Timestamp};
use igny8_render::{Article, File, Heading, render};
use serde_json::Value;

use crate::{people::People, pictures::Pictures};

/// A content as it will be public, with its body.
pub(crate) struct Page {
    pub content: Content,
    pub destination: Destination,
    pub body: Body,
    pub is_new: bool,
}

/// What the pages of a site share.
pub(crate) struct Drawing<'a> {
    site: &'a Site,
    base_url: &'a str,
    people: People,
    pub pictures: Pictures,
}

impl<'a> Drawing<'a> {
    /// What these contents need to be drawn.
    pub async fn of(
        ctx: &Ctx,
        contents: &Contents,
        (site, base_url): (&'a Site, &'a str),
        pages: &[(&Content, &Body)],
    ) -> Result<Self> {
        let people = People::of(ctx, contents, pages.iter().map(|(content, _)| *content)).await?;
        let pictures = Pictures::of(ctx, contents, pages.iter().copied()).await?;
        Ok(Self { site, base_url, people, pictures })
    }

    /// The files of the site, without those of its pictures.
    pub fn files(&self, pages: &[Page]) -> Vec<File> {
        let articles: Vec<Article> = pages.iter().map(|page| self.article(page)).collect();
        let changed = pages.iter().map(|page| page.content.updated_at).max();
        let definition = igny8_render::Site {
            name: self.site.name.clone(),
            description: String::new(),
            base_url: self.base_url.to_owned(),
            locale: self.site.locale.clone(),
            industry: self.site.industry.clone(),
            updated_at: changed.map_or(self.site.updated_at, |changed| changed.max(self.site.updated_at)),
            generator: Some("IGNY8".to_owned()),
        };
        let mut files: Vec<File> = Vec::new();
        render(&definition, &articles, &mut files);
        files
    }

    /// What a content says of itself to search engines, on its page at `url`.
    pub fn said(
        &self,
        content: &Content,
        body: &Body,
        url: &str,
        published: Option<Timestamp>,
        modified: Timestamp,
    ) -> Vec<Value> {
        // A text may be older than its page.
        let modified = published.map_or(modified, |published| modified.max(published));
        let publisher = jsonld::Party {
            organization: true,
            name: self.site.name.clone(),
            url: Some(self.base_url.to_owned()),
            ..jsonld::Party::default()
        };
        let author = self.people.get(content.author_profile_id);
        // Nobody checks what they wrote themselves; who is no author on the page is none here.
        let reviewer = self.people.get(content.reviewer_profile_id);
        let reviewer = reviewer.filter(|reviewer| content.entity_type != "post" || author != Some(*reviewer));
        let featured = content.featured_image_id.and_then(|id| self.pictures.featured(id));
        let described = jsonld::Article {
            kind: if content.entity_type == "post" { "BlogPosting".to_owned() } else { String::new() },
            headline: body.title.clone(),
            url: url.to_owned(),
            description: Some(body.meta_description.clone()),
            language: Some(content.language.clone()),
            images: featured.iter().map(|image| format!("{}{}", self.base_url, image.url)).collect(),
            published,
            modified: Some(modified),
            author: Some(author.map_or_else(|| publisher.clone(), |person| person.party(self.base_url))),
            reviewer: reviewer.map(|person| person.party(self.base_url)),
            publisher: Some(publisher),
            keywords: content.primary_keyword.iter().chain(&content.secondary_keywords).cloned().collect(),
            section: match body.data(content) {
                StructureData::Post(PostData { section: Some(section), .. }) => Some(section),
                _ => content.category.clone(),
            },
        };
        jsonld::of_page(&described, &body.blocks, &body.data(content))
    }

    fn article(&self, page: &Page) -> Article {
        let (content, body, there) = (&page.content, &page.body, &page.destination);
        let is_dated = page.is_new || there.shown.is_some();
        let modified = if is_dated { content.updated_at } else { there.published_at.max(content.created_at) };
        Article {
            slug: there.slug.clone(),
            redirects: content.redirects.iter().filter(|old| **old != there.slug).cloned().collect(),
            title: body.title.clone(),
            meta_title: body.meta_title.clone(),
            meta_description: body.meta_description.clone(),
            excerpt: body.excerpt.clone(),
            body_html: body.blocks.to_html_with_pictures(&|id| self.pictures.in_body(id)),
            headings: body
                .blocks
                .outline()
                .into_iter()
                .map(|entry| Heading { id: entry.id, level: entry.level, text: entry.text })
                .collect(),
            author: self.people.get(content.author_profile_id).cloned(),
            reviewer: self.people.get(content.reviewer_profile_id).cloned(),
            published_at: there.published_at,
            updated_at: modified,
            language: content.language.clone(),
            category: content.category.clone(),
            tags: content.tags.clone(),
            word_count: content.word_count,
            featured_image: content.featured_image_id.and_then(|id| self.pictures.featured(id)),
            json_ld: self.said(content, body, &there.url, Some(there.published_at), modified),
            data: body.data(content),
        }
    }
}
