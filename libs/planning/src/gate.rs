//! The cannibalisation gate: whether a page for an idea would compete with what the site has or plans.
//!
//! It warns and never blocks: its verdict stands on the idea, with the rival by name, and a person may overrule it. What
//! it compares are titles and primary keywords; the pages and tasks come from outside ([`Rivals`]), since the planner
//! knows nothing of contents.

use async_trait::async_trait;
use igny8_core::{Ctx, IdeaId, Limit, Result, SiteId, Timestamp};
use igny8_similarity::{Corpus, Need, SAME_NEED, name_form, shared_words};
use igny8_table::{Cond, Entity, Keys, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Planning,
    entity::{ContentIdea, IdeaStatus},
    guess_intent,
};

/// How many ideas, tasks and contents each are compared with: the newest ones. About 150 units per kind on a site that
/// has so many.
pub const MOST_RIVALS: usize = 500;
/// The title of a rival on an idea, in bytes: enough to know it by.
const RIVAL_TITLE: usize = 80;

/// What should become of an idea that has a rival. An idea without a verdict has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// Another idea or a task asks for nearly the same page: make one of both.
    Merge,
    /// A page or a draft answers it already: improve that one.
    Refresh,
    /// It is there already, under the same title.
    Reject,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The titles have the same words.
    SameTitle,
    /// The titles ask for the same.
    SameNeed,
    /// The primary keyword and the search intent are the same.
    SameKeyword,
}

/// What an idea competes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RivalKind {
    /// A public content.
    Page,
    /// A content that is not public.
    Draft,
    /// A task without a content yet.
    Task,
    /// Another idea.
    Idea,
}

/// The rival of an idea.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rival {
    /// What it is.
    pub kind: RivalKind,
    /// The id of the content, task or idea.
    pub id: String,
    /// Its title at that time, at most 80 bytes.
    pub title: String,
}

impl Rival {
    /// A rival by its whole title.
    pub fn new(kind: RivalKind, id: String, title: &str) -> Self {
        Self { kind, id, title: title[..title.floor_char_boundary(RIVAL_TITLE)].to_owned() }
    }
}

/// What the gate says of an idea.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verdict {
    /// What should become of it.
    pub judgement: Judgement,
    /// Why.
    pub why: Why,
    /// The nearest rival.
    pub rival: Rival,
    /// Somebody has decided that it shall be written all the same.
    #[serde(default)]
    pub overruled: bool,
}

impl Verdict {
    /// What it competes with, in words: “nearly the same as the page “Brake pads””.
    pub fn sentence(&self) -> String {
        let why = match self.why {
            Why::SameTitle => "It has the same title as",
            Why::SameNeed => "It asks for nearly the same as",
            Why::SameKeyword => "It has the same keyword and intent as",
        };
        let kind = match self.rival.kind {
            RivalKind::Page => "page",
            RivalKind::Draft => "draft",
            RivalKind::Task => "task",
            RivalKind::Idea => "idea",
        };
        format!("{why} the {kind} “{}”.", self.rival.title)
    }

    /// Whether both name the same rival.
    pub fn names_same(&self, other: &Self) -> bool {
        self.rival.id == other.rival.id
    }
}

/// Something that a new idea may compete with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// What it is.
    pub rival: Rival,
    /// When it was made, of an idea: see [`Gate::recheck`].
    pub made: Option<Timestamp>,
    /// The idea behind it: that one does not compete with it.
    pub idea: Option<IdeaId>,
    /// The keyword that it should be found with.
    pub primary_keyword: Option<String>,
}

/// Who knows the tasks and contents of a site.
#[async_trait]
pub trait Rivals: Send + Sync {
    /// The newest [`MOST_RIVALS`] tasks and contents each; a task that has a content is the content.
    async fn rivals(&self, ctx: &Ctx, site: SiteId) -> Result<Vec<Existing>>;
}

/// What a site has and plans, ready to be compared with.
#[derive(Debug)]
pub struct Gate {
    corpus: Corpus,
    known: Vec<(Existing, Asked)>,
}

/// What a page is about.
#[derive(Debug)]
struct Asked {
    /// What its title asks for.
    need: Need,
    /// Its primary keyword, when the title says it.
    subject: Option<String>,
}

impl Asked {
    fn new(corpus: &Corpus, title: &str, keyword: Option<&str>) -> Self {
        let said = |keyword: &&str| matches!(shared_words(keyword, title), (words @ 1.., said) if words == said);
        Self { need: corpus.need(title), subject: keyword.filter(said).map(str::to_owned) }
    }

    /// How near two are. Titles are made by the same few frames (“…: A Practical Guide”): pages that name different
    /// subjects in one frame are no rivals, however much of their titles is the frame.
    fn closeness(&self, other: &Self) -> f32 {
        let near = self.need.closeness(&other.need);
        match (&self.subject, &other.subject) {
            (Some(ours), Some(theirs)) if near >= SAME_NEED && differ(ours, theirs) => 0.0,
            _ => near,
        }
    }
}

/// Whether keywords are different subjects: half of the words of each, or more, are not in the other. `oil change` and
/// `change brake pads` are, `brake pad price` and `brake pad cost` are not.
fn differ(a: &str, b: &str) -> bool {
    let half = |(words, shared): (usize, usize)| shared * 2 <= words;
    half(shared_words(a, b)) && half(shared_words(b, a))
}

impl Gate {
    /// Compares with these; `titles` are those that will be judged, so that their words are weighed too.
    pub fn new(existing: Vec<Existing>, titles: &[&str]) -> Self {
        let texts: Vec<&str> =
            existing.iter().map(|one| one.rival.title.as_str()).chain(titles.iter().copied()).collect();
        let corpus = Corpus::new(&texts);
        let read = |one: Existing| {
            let asked = Asked::new(&corpus, &one.rival.title, one.primary_keyword.as_deref());
            (one, asked)
        };
        let known = existing.into_iter().map(read).collect();
        Self { corpus, known }
    }

    /// The verdict about an idea; none when it has no rival. What somebody has overruled stays so while the rival is the
    /// same one.
    pub fn judge(&self, idea: &ContentIdea) -> Option<Verdict> {
        self.nearest(idea, |_| true)
    }

    /// The verdict about an idea that is about to become a task.
    ///
    /// Of two ideas that compete one has been told already, when it was made or changed. So of other ideas only those
    /// count that were there before this one, and the one that its verdict names: else each of both would wait for the
    /// other.
    pub fn recheck(&self, idea: &ContentIdea) -> Option<Verdict> {
        let named = idea.verdict.as_ref().map(|verdict| verdict.rival.id.as_str());
        self.nearest(idea, |one| {
            one.made.is_none_or(|made| made < idea.created_at) || named == Some(one.rival.id.as_str())
        })
    }

    fn nearest(&self, idea: &ContentIdea, counts: impl Fn(&Existing) -> bool) -> Option<Verdict> {
        let asked = self.asked(idea);
        let form = name_form(&idea.title);
        let keyword = idea.target_keywords.first().map(|keyword| name_form(keyword));
        let others = self.known.iter().filter(|(one, _)| one.idea != Some(idea.id) && counts(one));
        let found = others.filter_map(|(one, theirs)| {
            let near = asked.closeness(theirs);
            let is_content = matches!(one.rival.kind, RivalKind::Page | RivalKind::Draft);
            let (rank, judgement, why) = if form == name_form(&one.rival.title) {
                (3, Judgement::Reject, Why::SameTitle)
            } else if is_content && (near >= SAME_NEED || same_keyword(idea, keyword.as_deref(), one)) {
                (2, Judgement::Refresh, if near >= SAME_NEED { Why::SameNeed } else { Why::SameKeyword })
            } else if near >= SAME_NEED {
                (1, Judgement::Merge, Why::SameNeed)
            } else {
                return None;
            };
            Some((rank, near, judgement, why, &one.rival))
        });
        let (_, _, judgement, why, rival) = found.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))?;
        let rival = Rival::new(rival.kind, rival.id.clone(), &rival.title);
        let mut verdict = Verdict { judgement, why, rival, overruled: false };
        verdict.overruled = idea.verdict.as_ref().is_some_and(|before| before.overruled && before.names_same(&verdict));
        Some(verdict)
    }

    /// From now on this idea is a rival of others, too.
    pub fn add(&mut self, idea: &ContentIdea) {
        self.known.push((existing(idea), self.asked(idea)));
    }

    fn asked(&self, idea: &ContentIdea) -> Asked {
        Asked::new(&self.corpus, &idea.title, idea.target_keywords.first().map(String::as_str))
    }
}

/// A content that is to be found with the same keyword by people who want the same. Two ideas may share a keyword: that
/// is what a cluster is for.
fn same_keyword(idea: &ContentIdea, keyword: Option<&str>, one: &Existing) -> bool {
    let theirs = one.primary_keyword.as_deref().map(name_form);
    keyword.is_some()
        && keyword == theirs.as_deref()
        && guess_intent(&idea.title, None) == guess_intent(&one.rival.title, None)
}

fn existing(idea: &ContentIdea) -> Existing {
    Existing {
        rival: Rival { kind: RivalKind::Idea, id: idea.id.to_string(), title: idea.title.clone() },
        made: Some(idea.created_at),
        idea: Some(idea.id),
        primary_keyword: idea.target_keywords.first().cloned(),
    }
}

impl Planning {
    /// The gate of a site, for ideas with these titles.
    pub async fn gate(&self, ctx: &Ctx, site: SiteId, rivals: &dyn Rivals, titles: &[&str]) -> Result<Gate> {
        let keys = Keys::new(ctx);
        let open = Query::partition(keys.site_partition(site, ContentIdea::KIND))
            .descending()
            .filter(Cond::any_of("status", [IdeaStatus::New, IdeaStatus::Accepted]))
            .limit(Limit::new(Limit::MAX).unwrap_or_default());
        let (mut known, mut cursor) = (rivals.rivals(ctx, site).await?, None);
        let mut ideas = 0;
        while ideas < MOST_RIVALS {
            let page = self.table.query::<ContentIdea>(&keys, open.clone().cursor(cursor)).await?;
            ideas += page.items.len();
            known.extend(page.items.iter().map(existing));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(Gate::new(known, titles))
    }
}

#[cfg(test)]
mod tests {
    use igny8_core::Env;

    use super::*;

    fn idea(number: u128, title: &str, keyword: &str) -> ContentIdea {
        let (site, now) = (SiteId::new(1, 1), Env::system().now());
        ContentIdea {
            id: IdeaId::new(site, 1, number),
            site_id: site,
            sector_id: None,
            cluster_id: None,
            title: title.to_owned(),
            angle: String::new(),
            outline: Vec::new(),
            target_keywords: vec![keyword.to_owned()],
            entity_type: "post".to_owned(),
            structure: "article".to_owned(),
            estimated_words: 1_000,
            audience: String::new(),
            status: IdeaStatus::New,
            reject_reason: None,
            verdict: None,
            merged_into: None,
            task_id: None,
            created_at: now,
            updated_at: now,
            created_by: None,
            version: 1,
        }
    }

    fn there(kind: RivalKind, title: &str, keyword: &str) -> Existing {
        Existing {
            rival: Rival { kind, id: "1".to_owned(), title: title.to_owned() },
            made: None,
            idea: None,
            primary_keyword: Some(keyword.to_owned()),
        }
    }

    fn verdict(existing: Vec<Existing>, title: &str, keyword: &str) -> Option<(Judgement, Why)> {
        let gate = Gate::new(existing, &[title]);
        gate.judge(&idea(9, title, keyword)).map(|verdict| (verdict.judgement, verdict.why))
    }

    fn site() -> Vec<Existing> {
        vec![
            there(RivalKind::Page, "When to change brake pads", "brake pads"),
            there(RivalKind::Task, "The best winter tyres for vans", "winter tyres"),
            there(RivalKind::Idea, "How to read a tyre label", "tyre label"),
            there(RivalKind::Draft, "Oil filters compared", "oil filter"),
        ]
    }

    #[test]
    fn each_verdict_has_its_case() {
        assert_eq!(verdict(site(), "Choosing a car battery", "car battery"), None);
        assert_eq!(
            verdict(site(), "Brake pads: when to change", "brake pads"),
            Some((Judgement::Reject, Why::SameTitle))
        );
        assert_eq!(
            verdict(site(), "When to change your brake pads", "brake pads"),
            Some((Judgement::Refresh, Why::SameNeed))
        );
        assert_eq!(
            verdict(site(), "Best winter tyres for vans, tested", "winter tyres"),
            Some((Judgement::Merge, Why::SameNeed))
        );
        let kept = verdict(site(), "Oil filter sizes explained", "oil filters");
        assert!(kept.is_none_or(|(judgement, _)| judgement == Judgement::Refresh), "{kept:?}");
    }

    #[test]
    fn ideas_of_one_cluster_do_not_reject_each_other() {
        let titles = [
            "How to change brake pads",
            "What brake pads cost",
            "Ceramic or organic brake pads?",
            "Why brake pads squeal",
            "How long brake pads last",
        ];
        let mut gate = Gate::new(Vec::new(), &titles);
        for (number, title) in titles.iter().enumerate() {
            let idea = idea(number as u128, title, "brake pads");
            assert_eq!(gate.judge(&idea), None, "{title}");
            gate.add(&idea);
        }
    }

    #[test]
    fn one_frame_around_two_subjects_makes_no_rivals() {
        let frames = |subject: &str| {
            [
                format!("{subject} Compared: What Sets the Options Apart"),
                format!("{subject}: A Practical Guide"),
                format!("How to Get {subject} Right"),
            ]
        };
        let subjects = ["Brake Pads", "Wheel Alignment", "Oil Change", "Change Spark Plugs"];
        for (a, b) in subjects.iter().flat_map(|a| subjects.iter().map(move |b| (a, b))).filter(|(a, b)| a != b) {
            for (one, other) in frames(a).iter().zip(frames(b)) {
                let known = there(RivalKind::Idea, &other, &b.to_lowercase());
                assert_eq!(verdict(vec![known], one, &a.to_lowercase()), None, "{one} / {other}");
            }
        }
        let near = there(RivalKind::Idea, "Brake Pad Price: What to Expect", "brake pad price");
        let found = verdict(vec![near], "Brake Pad Cost: What to Expect", "brake pad cost");
        assert_eq!(found, Some((Judgement::Merge, Why::SameNeed)));
    }

    #[test]
    fn an_idea_is_no_rival_of_itself_and_the_gravest_verdict_counts() {
        let own = idea(1, "How to read a tyre label", "tyre label");
        let mut gate = Gate::new(Vec::new(), &[&own.title]);
        gate.add(&own);
        assert_eq!(gate.judge(&own), None);
        let mut both = site();
        both.push(there(RivalKind::Idea, "Change brake pads: when?", "brake pads"));
        assert_eq!(verdict(both, "When to change the brake pads", "brake pads").unwrap().0, Judgement::Refresh);
        let long = there(RivalKind::Idea, &"é".repeat(150), "k");
        let title = "é".repeat(150);
        let found = Gate::new(vec![long], &[&title]).judge(&idea(2, &title, "k")).unwrap();
        assert_eq!(found.rival.title.len(), 80);
    }
}
