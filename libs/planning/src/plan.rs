//! The plan of a page, as ideas and tasks carry it: what may stand in it, and how large it may be.

use igny8_ai::shapes::{ENTITY_TYPES, STRUCTURES};
use igny8_core::{Error, Result};

use crate::entity::{ContentIdea, OutlineSection};

/// The most bytes of a plan's texts, in UTF-8 and with what the table adds to lists.
///
/// Room for an outline of 20 sections with all that a writer needs to know, and for that of an idea that is merged into it.
/// A list is read by the bytes of all its rows, so a short plan costs no more because another one may be long; and a page
/// of lists, 45 of them queued at once, and the ten of an answer stay far below what one reading or writing may have.
/// The rest of a row (keys, ids, times, an error of 400 bytes) takes less than 1,300 bytes.
pub const PLAN_BYTES: usize = 16_000;
/// The most sections of an outline: those of two full ideas.
const MOST_SECTIONS: usize = 40;

/// The plan in a row.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The title of the page.
    pub title: &'a str,
    /// What sets it apart.
    pub angle: &'a str,
    /// Whom it is for.
    pub audience: &'a str,
    /// The sections, in order.
    pub outline: &'a [OutlineSection],
    /// The keywords, the primary one first.
    pub keywords: &'a [String],
    /// How the row calls its keywords, for errors.
    pub keywords_field: &'static str,
    /// post, page, product, service or taxonomy.
    pub entity_type: &'a str,
    /// One of the 14 structures.
    pub structure: &'a str,
    /// Words that the page should have.
    pub estimated_words: u32,
}

impl Plan<'_> {
    /// 422 that names the field, when something is out of bounds.
    pub fn check(&self) -> Result<()> {
        let longer = |text: &str, most: usize| text.chars().count() > most;
        if self.title.trim().is_empty() || longer(self.title, 200) {
            return Err(Error::invalid("title", "must have 1 to 200 characters"));
        }
        if !ENTITY_TYPES.contains(&self.entity_type) {
            return Err(Error::invalid("entity_type", "must be post, page, product, service or taxonomy"));
        }
        if !STRUCTURES.contains(&self.structure) {
            return Err(Error::invalid("structure", format!("must be one of {}", STRUCTURES.join(", "))));
        }
        if longer(self.angle, 500) {
            return Err(Error::invalid("angle", "must have at most 500 characters"));
        }
        if longer(self.audience, 200) {
            return Err(Error::invalid("audience", "must have at most 200 characters"));
        }
        if self.keywords.len() > 50 || self.keywords.iter().any(|keyword| longer(keyword, 200)) {
            return Err(Error::invalid(self.keywords_field, "at most 50 of 200 characters"));
        }
        if !(50..=20_000).contains(&self.estimated_words) {
            return Err(Error::invalid("estimated_words", "must be from 50 to 20,000"));
        }
        self.check_outline()?;
        let bytes = self.bytes();
        if bytes > PLAN_BYTES {
            let message = format!(
                "title, angle, audience, keywords and outline may have {PLAN_BYTES} bytes together, and these have \
                 {bytes}; this is the largest part"
            );
            return Err(Error::invalid(self.largest(), message));
        }
        Ok(())
    }

    fn check_outline(&self) -> Result<()> {
        let fits = |section: &OutlineSection| {
            !section.heading.trim().is_empty()
                && section.heading.chars().count() <= 200
                && section.points.len() <= 10
                && section.points.iter().all(|point| point.chars().count() <= 300)
        };
        if self.outline.len() > MOST_SECTIONS || !self.outline.iter().all(fits) {
            return Err(Error::invalid(
                "outline",
                format!(
                    "at most {MOST_SECTIONS} sections, each with a heading (200 characters) and at most 10 points (300 \
                     characters)"
                ),
            ));
        }
        Ok(())
    }

    /// The size of the texts, as the table counts them.
    fn bytes(&self) -> usize {
        let texts = [self.title, self.angle, self.audience].into_iter().map(str::len).sum::<usize>();
        texts + self.outline_bytes() + self.keywords_bytes()
    }

    fn keywords_bytes(&self) -> usize {
        self.keywords.iter().map(|keyword| keyword.len() + 1).sum()
    }

    fn outline_bytes(&self) -> usize {
        // A section is a map of two names and a list, in a list: 24 bytes without its texts.
        let section = |section: &OutlineSection| {
            24 + section.heading.len() + section.points.iter().map(|point| point.len() + 1).sum::<usize>()
        };
        self.outline.iter().map(section).sum()
    }

    fn largest(&self) -> &'static str {
        let parts = [
            ("outline", self.outline_bytes()),
            (self.keywords_field, self.keywords_bytes()),
            ("angle", self.angle.len()),
            ("title", self.title.len()),
            ("audience", self.audience.len()),
        ];
        parts.into_iter().max_by_key(|(_, bytes)| *bytes).map_or("outline", |(field, _)| field)
    }
}

/// Trims an idea of a model to the size of a plan.
///
/// Points go first, one at a time: the last one of the section that has the most, and of several such sections the
/// last. Then whole sections from the end, then keywords from the end, one of each stays; then the end of the angle.
pub(crate) fn fit(idea: &mut ContentIdea) {
    while idea.plan().bytes() > PLAN_BYTES {
        let most = idea.outline.iter().map(|section| section.points.len()).max().unwrap_or_default();
        if most > 0 {
            let longest = idea.outline.iter_mut().rev().find(|section| section.points.len() == most);
            longest.map(|section| section.points.pop());
        } else if idea.outline.len() > 1 {
            idea.outline.pop();
        } else if idea.target_keywords.len() > 1 {
            idea.target_keywords.pop();
        } else if idea.angle.pop().is_none() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use igny8_core::{ClusterId, Ctx, Env, IdeaId, SectorId, SiteId, TaskId, TenantId, UserId};
    use igny8_table::{Effects, Keys};
    use proptest::prelude::*;

    use super::*;
    use crate::{Judgement, Rival, RivalKind, Verdict, Why, entity::IdeaStatus};

    /// An idea with every optional field, whose ids are as long as any.
    fn idea(
        title: String,
        angle: String,
        audience: String,
        outline: Vec<OutlineSection>,
        words: Vec<String>,
    ) -> ContentIdea {
        let env = Env::system();
        let site = SiteId::new(1, 1);
        ContentIdea {
            id: IdeaId::new(site, 1, 1),
            site_id: site,
            sector_id: Some(SectorId::new(site, 1, 2)),
            cluster_id: Some(ClusterId::new(site, 1, 3)),
            title,
            angle,
            outline,
            target_keywords: words,
            entity_type: "taxonomy".to_owned(),
            structure: STRUCTURES.iter().max_by_key(|name| name.len()).unwrap().to_string(),
            estimated_words: 20_000,
            audience,
            status: IdeaStatus::Accepted,
            verdict: Some(Verdict {
                judgement: Judgement::Refresh,
                why: Why::SameKeyword,
                rival: Rival { kind: RivalKind::Draft, id: IdeaId::new(site, 1, 5).to_string(), title: "t".repeat(80) },
                overruled: false,
            }),
            reject_reason: Some("r".repeat(crate::service::LONGEST_REASON)),
            merged_into: None,
            task_id: Some(TaskId::new(site, 1, 4)),
            created_at: env.now(),
            updated_at: env.now(),
            created_by: Some(UserId::new(1, 1)),
            version: u64::MAX,
        }
    }

    /// The size of its row.
    fn row_bytes(idea: &ContentIdea) -> usize {
        let ctx = Ctx::system(TenantId::new(1, 1), "test".to_owned(), Env::system());
        let mut effects = Effects::new();
        effects.create("idea", &Keys::new(&ctx), idea).unwrap();
        effects.bytes()
    }

    fn section() -> impl Strategy<Value = OutlineSection> {
        (".{1,200}", prop::collection::vec(".{0,300}", 0..=10))
            .prop_map(|(heading, points)| OutlineSection { heading, points })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn what_a_model_plans_is_trimmed_to_its_bytes_and_the_rest_of_a_row_is_small(
            title in ".{1,150}", angle in ".{0,400}", audience in ".{0,150}",
            outline in prop::collection::vec(section(), 1..=12), words in prop::collection::vec(".{1,200}", 1..=10),
        ) {
            let whole = idea(title, angle, audience, outline, words);
            let mut trimmed = whole.clone();
            fit(&mut trimmed);
            prop_assert!(trimmed.plan().bytes() <= PLAN_BYTES);
            // With a reason for its rejection; a task has none, but an error of 400 bytes.
            prop_assert!(row_bytes(&trimmed) < PLAN_BYTES + 1_296, "{}", row_bytes(&trimmed));
            prop_assert!(!trimmed.outline.is_empty() && !trimmed.target_keywords.is_empty());
            prop_assert_eq!(&trimmed.title, &whole.title);
            prop_assert_eq!(trimmed == whole, whole.plan().bytes() <= PLAN_BYTES);
        }
    }

    #[test]
    fn the_fullest_section_loses_its_last_point_first() {
        let section = |heading: &str, points: usize| OutlineSection {
            heading: heading.to_owned(),
            points: (0..points).map(|n| format!("{n}{}", "x".repeat(1_699))).collect(),
        };
        let mut trimmed =
            idea("a".into(), String::new(), String::new(), vec![section("A", 6), section("B", 4)], vec!["k".into()]);
        fit(&mut trimmed);
        let left: Vec<_> = trimmed.outline.iter().map(|section| section.points.len()).collect();
        assert_eq!(left, [5, 4]);
        assert!(trimmed.outline[0].points[4].starts_with('4'));
    }

    #[test]
    fn the_largest_part_is_named() {
        let many: Vec<String> = (0..50).map(|n| format!("{n} {}", "é".repeat(180))).collect();
        let one = idea("a".into(), String::new(), String::new(), Vec::new(), many);
        assert_eq!(one.plan().check().unwrap_err().fields()[0].field, "target_keywords");
        let points = vec!["p".repeat(300); 10];
        let outline = vec![OutlineSection { heading: "h".into(), points }; 6];
        let one = idea("a".into(), "é".repeat(400), String::new(), outline, vec!["k".into()]);
        assert_eq!(one.plan().check().unwrap_err().fields()[0].field, "outline");
    }
}
