//! `generate_ideas`: a cluster becomes ideas, each charged by itself.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use igny8_ai::{
    AiFunction,
    shapes::{ClusterInfo, ENTITY_TYPES, IdeaOut, IdeasInput, IdeasOutput, STRUCTURES, ideas_schema},
};
use igny8_core::{ClusterId, Credits, Ctx, IdeaId, Limit};
use igny8_table::{Effects, Entity, Index, Key, Keys, Query};
use igny8_work::{Failure, FunctionSpec, Item, Models, Outcome, Progress, Step};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{GENERATE_IDEAS, cluster::site_info, cut};
use crate::{
    Planning, Rivals,
    entity::{Cluster, ContentIdea, IdeaStatus, IdeaTitle, Keyword, KeywordStatus, OutlineSection},
    normal_form,
    plan::fit,
    service::title_of,
};

/// How many keywords of a cluster the model is told, and may be mapped: they all fit into one transaction.
const KEYWORDS: usize = 50;
/// How many titles of the site the model is told.
const TITLES: usize = 60;

/// The AI function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GenerateIdeas;

impl AiFunction for GenerateIdeas {
    const NAME: &'static str = GENERATE_IDEAS.name;
    const MAX_TOKENS: u32 = 8_000;
    const TEMPERATURE: f32 = 0.7;
    type Input = IdeasInput;
    type Output = IdeasOutput;

    fn schema() -> Value {
        ideas_schema()
    }

    /// Titles that are new and differ from each other, with an outline; at most as many as were asked for.
    fn check(&self, input: &IdeasInput, mut output: IdeasOutput) -> Result<IdeasOutput, String> {
        let mut taken: BTreeSet<String> = input.existing_titles.iter().map(|title| normal_form(title)).collect();
        for idea in &mut output.ideas {
            tidy(idea);
        }
        let given = output.ideas.len();
        output.ideas.retain(|idea| {
            !idea.title.is_empty() && !idea.outline.is_empty() && taken.insert(normal_form(&idea.title))
        });
        output.ideas.truncate(input.count as usize);
        if output.ideas.is_empty() {
            return Err(format!(
                "None of the {given} ideas can be used. Each needs a title that is not in existing_titles and an outline of 6 to 10 sections."
            ));
        }
        Ok(output)
    }

    fn price(&self, _: &IdeasInput, output: &IdeasOutput) -> Credits {
        Credits(output.ideas.len() as i64)
    }
}

/// Brings the parts of an idea into their bounds; how much it may be in all, [`fit`] decides.
fn tidy(idea: &mut IdeaOut) {
    idea.title = cut(&idea.title, 150);
    idea.angle = cut(&idea.angle, 400);
    idea.audience = cut(&idea.audience, 150);
    if !STRUCTURES.contains(&idea.structure.as_str()) {
        "article".clone_into(&mut idea.structure);
    }
    if !ENTITY_TYPES.contains(&idea.entity_type.as_str()) {
        "post".clone_into(&mut idea.entity_type);
    }
    idea.estimated_words = if idea.estimated_words == 0 { 1_000 } else { idea.estimated_words.clamp(200, 5_000) };
    idea.outline.retain(|section| !section.heading.trim().is_empty());
    idea.outline.truncate(20);
    for section in &mut idea.outline {
        section.heading = cut(&section.heading, 200);
        section.points.retain(|point| !point.trim().is_empty());
        section.points.truncate(10);
        for point in &mut section.points {
            *point = cut(point, 300);
        }
    }
    idea.target_keywords.truncate(10);
}

#[derive(Debug, Deserialize)]
struct Input {
    cluster_id: ClusterId,
    count: u32,
}

/// The worker's step.
#[derive(Clone)]
pub struct IdeasStep {
    planning: Planning,
    models: Arc<dyn Models>,
    rivals: Arc<dyn Rivals>,
}

impl IdeasStep {
    /// The step with the models it may ask, and with who knows what ideas compete with.
    pub fn new(planning: Planning, models: Arc<dyn Models>, rivals: Arc<dyn Rivals>) -> Self {
        Self { planning, models, rivals }
    }
}

#[async_trait]
impl Step for IdeasStep {
    fn spec(&self) -> FunctionSpec {
        GENERATE_IDEAS
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let planning = &self.planning;
        let input: Input = serde_json::from_value(item.input.clone()).map_err(igny8_core::Error::internal)?;
        let keys = Keys::new(ctx);
        let cluster = planning.cluster_by_id(ctx, input.cluster_id).await?;
        let site = planning.accounts.site(ctx, cluster.site_id).await?;
        let keywords = planning
            .table
            .query::<Keyword>(
                &keys,
                Query::partition(Keyword::by_cluster(&keys, cluster.id))
                    .index(Index::Gsi2)
                    .limit(Limit::new(KEYWORDS).unwrap_or_default()),
            )
            .await?
            .items;
        if keywords.is_empty() && cluster.keyword_count > 0 {
            // The index lags behind a clustering of this very moment.
            return Err(Failure::RetryLater {
                after: Some(std::time::Duration::from_secs(5)),
                sentence: "The keywords of this cluster are still being filed.".to_owned(),
                detail: "GSI2 lags".to_owned(),
                usage: Vec::new(),
            });
        }
        let titles = planning
            .table
            .query::<ContentIdea>(
                &keys,
                Query::partition(keys.site_partition(cluster.site_id, ContentIdea::KIND))
                    .descending()
                    .limit(Limit::new(TITLES).unwrap_or_default()),
            )
            .await?
            .items;
        let question = IdeasInput {
            site: site_info(&site),
            cluster: ClusterInfo {
                name: cluster.name.clone(),
                description: cluster.description.clone(),
                keywords: keywords.iter().map(|keyword| keyword.keyword.clone()).collect(),
            },
            existing_titles: titles.into_iter().map(|idea| idea.title).collect(),
            count: input.count,
        };
        let (answer, usage) =
            planning.work.ask(self.models.as_ref(), &GenerateIdeas, &question, ctx, item, progress).await?;
        let (effects, ids) = self.apply(ctx, &cluster, &keywords, answer.output.ideas).await?;
        Ok(Outcome {
            effects,
            price: Credits(ids.len() as i64),
            usage,
            result: json!({ "ideas": ids.len(), "idea_ids": ids }),
        })
    }
}

impl IdeasStep {
    /// The rows that an answer means. An idea whose title has been taken in the meantime is left out.
    async fn apply(
        &self,
        ctx: &Ctx,
        cluster: &Cluster,
        keywords: &[Keyword],
        ideas: Vec<IdeaOut>,
    ) -> Result<(Effects, Vec<IdeaId>), Failure> {
        let keys = Keys::new(ctx);
        let now = ctx.now();
        let names: Vec<Key> =
            ideas.iter().map(|idea| IdeaTitle::key_of(&keys, cluster.site_id, &normal_form(&idea.title))).collect();
        let taken: Vec<Option<IdeaTitle>> = self.planning.table.get_many(&names).await?;
        let titles: Vec<&str> = ideas.iter().map(|idea| idea.title.as_str()).collect();
        let mut gate = self.planning.gate(ctx, cluster.site_id, self.rivals.as_ref(), &titles).await?;
        let mut effects = Effects::new();
        let mut ids = Vec::new();
        let mut served: BTreeSet<String> = BTreeSet::new();
        for (idea, _) in ideas.into_iter().zip(taken).filter(|(_, taken)| taken.is_none()) {
            let (millis, random) = ctx.seed();
            // Only keywords that the cluster really has: a model may make some up.
            let mut target: Vec<String> = idea
                .target_keywords
                .iter()
                .filter_map(|wanted| keywords.iter().find(|k| normal_form(&k.keyword) == normal_form(wanted)))
                .map(|keyword| keyword.keyword.clone())
                .collect();
            if target.is_empty() {
                target.extend(keywords.iter().max_by_key(|keyword| keyword.volume).map(|k| k.keyword.clone()));
            }
            let mut row = ContentIdea {
                id: IdeaId::new(cluster.site_id, millis, random),
                site_id: cluster.site_id,
                sector_id: cluster.sector_id,
                cluster_id: Some(cluster.id),
                title: idea.title,
                angle: idea.angle,
                outline: idea
                    .outline
                    .into_iter()
                    .map(|section| OutlineSection { heading: section.heading, points: section.points })
                    .collect(),
                target_keywords: target,
                entity_type: idea.entity_type,
                structure: idea.structure,
                estimated_words: idea.estimated_words,
                audience: idea.audience,
                status: IdeaStatus::New,
                verdict: None,
                merged_into: None,
                reject_reason: None,
                task_id: None,
                created_at: now,
                updated_at: now,
                created_by: None,
                version: 1,
            };
            fit(&mut row);
            row.verdict = gate.judge(&row);
            gate.add(&row);
            effects.create("idea", &keys, &row)?;
            effects.create("idea title", &keys, &title_of(&row))?;
            served.extend(row.target_keywords.iter().map(|keyword| normal_form(keyword)));
            ids.push(row.id);
        }
        if !ids.is_empty() {
            // One that is being merged gets no new ideas: the step runs again until that is done.
            effects.check("cluster", Cluster::key_of(&keys, cluster.id), Cluster::stays());
        }
        for keyword in keywords {
            if keyword.status == KeywordStatus::Clustered && served.contains(&normal_form(&keyword.keyword)) {
                // The rows came through an index, so the version they must still have is checked in the write.
                let mut keyword = keyword.clone();
                keyword.status = KeywordStatus::Mapped;
                keyword.updated_at = now;
                keyword.version += 1;
                effects.replace("keyword", &keys, &keyword, keyword.version - 1)?;
            }
        }
        Ok((effects, ids))
    }
}
