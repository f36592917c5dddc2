//! What an idea gives to the rival that it is merged into, and how that is taken back. Pure: lists go in and out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Rival,
    entity::{ContentIdea, IdeaStatus, OutlineSection},
    normal_form,
};

/// What became of an idea that was merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MergedInto {
    /// What has its keywords and its outline now.
    pub rival: Rival,
    /// How far it had come before.
    pub was: IdeaStatus,
    /// What it gave; what the rival had already is not in it.
    pub gave: Gift,
}

/// What one plan gives to another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Gift {
    /// Keywords.
    pub keywords: Vec<String>,
    /// Whole sections.
    pub sections: Vec<OutlineSection>,
    /// Points, below the headings of sections that were there.
    pub points: Vec<OutlineSection>,
}

impl Gift {
    /// Adds what an idea has and these do not: keywords at the end, points to the sections of the same heading, other
    /// sections at the end. What is there stays as it is.
    pub fn give(idea: &ContentIdea, keywords: &mut Vec<String>, outline: &mut Vec<OutlineSection>) -> Self {
        let mut gave = Self::keywords(idea, keywords);
        for section in &idea.outline {
            let Some(theirs) = outline.iter_mut().find(|theirs| same(&theirs.heading, &section.heading)) else {
                outline.push(section.clone());
                gave.sections.push(section.clone());
                continue;
            };
            let mut known: BTreeSet<String> = theirs.points.iter().map(|point| normal_form(point)).collect();
            let new: Vec<String> =
                section.points.iter().filter(|point| known.insert(normal_form(point))).cloned().collect();
            theirs.points.extend(new.iter().cloned());
            if !new.is_empty() {
                gave.points.push(OutlineSection { heading: section.heading.clone(), points: new });
            }
        }
        gave
    }

    /// Adds keywords alone, to what has no outline any more.
    pub fn keywords(idea: &ContentIdea, keywords: &mut Vec<String>) -> Self {
        let mut known: BTreeSet<String> = keywords.iter().map(|keyword| normal_form(keyword)).collect();
        let new = idea.target_keywords.iter().filter(|keyword| known.insert(normal_form(keyword)));
        let gave = Self { keywords: new.cloned().collect(), ..Self::default() };
        keywords.extend(gave.keywords.iter().cloned());
        gave
    }

    /// Takes away what was given, as far as it is still there; what somebody has written beside it stays.
    pub fn take_back(&self, keywords: &mut Vec<String>, outline: &mut Vec<OutlineSection>) {
        keywords.retain(|keyword| !self.keywords.iter().any(|given| same(given, keyword)));
        for (given, is_whole) in
            self.points.iter().rev().map(|one| (one, false)).chain(self.sections.iter().map(|one| (one, true)))
        {
            let Some(at) = outline.iter().position(|theirs| same(&theirs.heading, &given.heading)) else { continue };
            outline[at].points.retain(|point| !given.points.iter().any(|given| same(given, point)));
            if is_whole && outline[at].points.is_empty() {
                outline.remove(at);
            }
        }
    }
}

fn same(a: &str, b: &str) -> bool {
    normal_form(a) == normal_form(b)
}

#[cfg(test)]
mod tests {
    use igny8_core::{Env, IdeaId, SiteId};
    use proptest::prelude::*;

    use super::*;

    fn idea(target_keywords: Vec<String>, outline: Vec<OutlineSection>) -> ContentIdea {
        let (site, now) = (SiteId::new(1, 1), Env::system().now());
        ContentIdea {
            id: IdeaId::new(site, 1, 1),
            site_id: site,
            sector_id: None,
            cluster_id: None,
            title: "Brake pads".to_owned(),
            angle: String::new(),
            outline,
            target_keywords,
            entity_type: "post".to_owned(),
            structure: "article".to_owned(),
            estimated_words: 1_000,
            audience: String::new(),
            status: IdeaStatus::New,
            verdict: None,
            reject_reason: None,
            merged_into: None,
            task_id: None,
            created_at: now,
            updated_at: now,
            created_by: None,
            version: 1,
        }
    }

    /// Few words, so that they meet, in two ways to write them.
    fn words() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("[a-dA-D]", 0..5)
    }

    /// Some outline; headings of one plan differ, as a reader expects, or they do not.
    fn outline() -> impl Strategy<Value = Vec<OutlineSection>> {
        let section = ("[a-dA-D]", words()).prop_map(|(heading, points)| OutlineSection { heading, points });
        prop::collection::vec(section, 0..5)
    }

    proptest! {
        #[test]
        fn what_was_given_is_all_there_once_and_can_be_taken_back(
            mine in words(), my_outline in outline(), keywords in words(), sections in outline(),
        ) {
            let idea = idea(mine, my_outline);
            let (mut their_keywords, mut their_outline) = (keywords.clone(), sections.clone());
            let gave = Gift::give(&idea, &mut their_keywords, &mut their_outline);
            prop_assert_eq!(&their_keywords[..keywords.len()], &keywords[..]);
            let has = |list: &[String], word: &str| list.iter().any(|one| same(one, word));
            for keyword in &idea.target_keywords {
                prop_assert!(has(&their_keywords, keyword));
            }
            for section in &idea.outline {
                let theirs: Vec<_> = their_outline.iter().filter(|one| same(&one.heading, &section.heading)).collect();
                prop_assert!(!theirs.is_empty());
                for point in &section.points {
                    prop_assert!(theirs.iter().any(|one| has(&one.points, point)));
                }
            }
            // A second time there is nothing left to give.
            let (mut again, mut outline_again) = (their_keywords.clone(), their_outline.clone());
            prop_assert_eq!(Gift::give(&idea, &mut again, &mut outline_again), Gift::default());
            prop_assert_eq!((&again, &outline_again), (&their_keywords, &their_outline));
            gave.take_back(&mut their_keywords, &mut their_outline);
            prop_assert_eq!((their_keywords, their_outline), (keywords, sections));
        }
    }

    #[test]
    fn what_somebody_wrote_beside_it_stays() {
        let section = |heading: &str, points: &[&str]| OutlineSection {
            heading: heading.to_owned(),
            points: points.iter().map(|point| (*point).to_owned()).collect(),
        };
        let idea = idea(vec!["brake pads".into()], vec![section("Signs", &["noise"]), section("Cost", &["parts"])]);
        let (mut keywords, mut outline) = (vec!["discs".to_owned()], vec![section("signs", &["dust"])]);
        let gave = Gift::give(&idea, &mut keywords, &mut outline);
        assert_eq!(outline, [section("signs", &["dust", "noise"]), section("Cost", &["parts"])]);
        keywords.push("drums".to_owned());
        outline[1].points.push("labour".to_owned());
        gave.take_back(&mut keywords, &mut outline);
        assert_eq!(keywords, ["discs", "drums"]);
        assert_eq!(outline, [section("signs", &["dust"]), section("Cost", &["labour"])]);
    }
}
