//! A tenant of the random run: what it does, and what must hold of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use igny8_core::Ctx;
use igny8_table::{Entity, Key, Keys};
use igny8_work::{ItemState, Job, Lane};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    common::{check_rest, items_of, ledger},
    stack::{Person, Stack},
};

/// A tenant and what it is about to do.
pub struct Tenant {
    person: Person,
    site: String,
    tasks: Vec<Value>,
    keywords: usize,
    number: usize,
}

/// The lane with the mark of its last write.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Marked {
    #[serde(rename = "_w")]
    mark: String,
    #[serde(default)]
    in_flight: i64,
    #[serde(default)]
    pending: i64,
}

impl Entity for Marked {
    const KIND: &'static str = Lane::KIND;

    fn key(&self, keys: &Keys) -> Key {
        Lane::key_of(keys)
    }
}

impl Tenant {
    pub async fn make(stack: &Stack, number: usize, items: usize) -> Self {
        let person = stack.register(&format!("t{number}")).await;
        let site = json!({ "name": format!("Site {number}"), "site_type": "blog", "hosting_type": "igny8" });
        let site = stack.post(&person, "/api/auth/sites", &site).await.good()["id"].as_str().unwrap().to_owned();
        let topics = ["brake pads", "oil change", "wheel alignment", "car battery", "winter tyres"];
        let mut csv = "Keyword,Volume\n".to_owned();
        let keywords = items.max(10) * 4;
        for n in 0..keywords {
            csv.push_str(&format!("{} number {n},{}\n", topics[n % topics.len()], 10 + n));
        }
        stack.csv(&person, &format!("/api/planner/keywords/import?site_id={site}"), &csv).await;
        let mut tasks = Vec::new();
        for n in 0..items {
            let task = json!({ "site_id": site, "title": format!("Brake pads, part {n}"), "keywords": ["brake pads"] });
            tasks.push(stack.post(&person, "/api/writer/tasks", &task).await.good()["id"].clone());
        }
        Self { person, site, tasks, keywords, number }
    }

    pub const fn ctx(&self) -> &Ctx {
        &self.person.ctx
    }

    /// A day of this tenant: everything that it starts ends in some way.
    pub async fn live(&self, stack: &Stack) {
        let all_new = json!({ "site_id": self.site, "all_new": true });
        let mut jobs = vec![stack.job(&self.person, "/api/planner/cluster", &all_new).await];
        let half = self.tasks.len().div_ceil(2).min(40);
        for tasks in self.tasks.chunks(half) {
            jobs.push(stack.job(&self.person, "/api/writer/generate", &json!({ "task_ids": tasks })).await);
        }
        if self.number.is_multiple_of(2) {
            tokio::time::sleep(Duration::from_millis(stack.env.below(6_000))).await;
            self.race(stack, jobs.last().unwrap(), &["cancel", "cancel"]).await;
        }
        for job in &jobs {
            stack.wait(&self.person, job).await;
        }
        let clusters = stack.all(&self.person, &format!("/api/planner/clusters?site_id={}", self.site)).await;
        let ids: Vec<_> = clusters.iter().take(3).map(|cluster| cluster["id"].clone()).collect();
        if !ids.is_empty() {
            let ideas = json!({ "cluster_ids": ids, "per_cluster": 2 });
            jobs.push(stack.job(&self.person, "/api/planner/ideas/generate", &ideas).await);
            stack.wait(&self.person, jobs.last().unwrap()).await;
        }
        // What failed is tried again, by two at once; some change their mind.
        for round in 0..2 {
            for job in &jobs {
                let seen = stack.wait(&self.person, job).await;
                if seen["progress"]["failed"].as_u64().unwrap() > 0 {
                    let deeds = ["retry", "retry", "cancel"];
                    let cancels = round == 0 && self.number.is_multiple_of(3);
                    self.race(stack, job, if cancels { &deeds } else { &deeds[..2] }).await;
                    stack.wait(&self.person, job).await;
                }
            }
        }
        // What was cancelled is ordered again.
        let mut open = Vec::new();
        for task in &self.tasks {
            let seen = stack.get(&self.person, &format!("/api/writer/tasks/{}", task.as_str().unwrap())).await;
            if seen["content_id"].is_null() {
                open.push(task.clone());
            }
        }
        for tasks in open.chunks(40) {
            let job = stack.job(&self.person, "/api/writer/generate", &json!({ "task_ids": tasks })).await;
            stack.wait(&self.person, &job).await;
        }
    }

    /// Several deeds on a job at the same moment: each is done or refused, none breaks.
    async fn race(&self, stack: &Stack, job: &str, deeds: &[&str]) {
        let sent = deeds.iter().map(|deed| {
            let path = format!("/api/system/jobs/{job}/{deed}");
            async move { stack.post(&self.person, &path, &json!({})).await }
        });
        // At once: each request is on its way before the first is answered.
        let mut waiting: Vec<_> = sent.map(Box::pin).collect();
        std::future::poll_fn(|context| {
            waiting.retain_mut(|one| match one.as_mut().poll(context) {
                std::task::Poll::Ready(answer) => {
                    assert!(answer.status.is_success() || answer.status == 409, "{}: {}", answer.what, answer.text());
                    false
                }
                std::task::Poll::Pending => true,
            });
            if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }

    /// What holds at every moment. The ledger up to the number that the balance names is complete, and adds up to it; the
    /// lane counts the items. None when the table did not answer; true when the lane stood still while it was looked at.
    pub async fn check_moment(&self, stack: &Stack) -> Option<bool> {
        let (table, keys) = (&stack.app.table, Keys::new(self.ctx()));
        let balance = stack.work.billing().balance(self.ctx()).await.ok()?;
        let entries = ledger(table, &stack.work, self.ctx()).await.ok()?;
        let until: Vec<_> = entries.iter().filter(|entry| entry.number <= balance.entries).collect();
        assert_eq!(until.len() as u64, balance.entries, "numbers without a gap: {balance:?}");
        let sum: i64 = until.iter().map(|entry| entry.amount).sum();
        assert_eq!(sum, balance.credits.total().0, "balance = sum of transactions: {balance:?}");
        assert!(balance.available().0 >= 0 && balance.reserved.total().0 >= 0, "{balance:?}");
        assert!(balance.reserved.monthly.0 >= 0 && balance.reserved.bonus.0 >= 0, "{balance:?}");
        let before = table.get::<Marked>(Lane::key_of(&keys)).await.ok()?;
        let jobs = items_of(table, self.ctx()).await.ok()?;
        let lane = table.get::<Marked>(Lane::key_of(&keys)).await.ok()?;
        if let Some(lane) = &lane {
            assert!((0..=1).contains(&lane.in_flight) && lane.pending >= 0, "a trial has one item in flight: {lane:?}");
        }
        let (mut in_flight, mut pending) = (0, 0);
        for (job, items) in &jobs {
            assert!(job.done + job.failed + job.cancelled <= job.total, "{job:?}");
            assert!(items.len() as u64 >= job.made, "{job:?}");
            pending += i64::from(job.prepare_until.is_some());
            for item in items {
                match item.state {
                    ItemState::Waiting => pending += 1,
                    ItemState::Dispatched | ItemState::Running => in_flight += 1,
                    _ => {}
                }
            }
        }
        // Each change of these states writes the lane too: when nobody has written it, it counts what was read meanwhile.
        let still = before == lane;
        if still && let Some(lane) = &lane {
            assert_eq!((lane.in_flight, lane.pending), (in_flight, pending), "the lane counts its items: {jobs:#?}");
        }
        Some(still)
    }

    /// What came of it all.
    pub async fn check_end(&self, stack: &Stack) -> u64 {
        check_rest(&stack.app.table, &stack.work, self.ctx()).await;
        let contents = stack.all(&self.person, &format!("/api/writer/content?site_id={}", self.site)).await;
        let mut of_task = BTreeMap::new();
        for content in &contents {
            let view =
                stack.get(&self.person, &format!("/api/writer/content/{}", content["id"].as_str().unwrap())).await;
            let before = of_task.insert(view["task_id"].to_string(), content["id"].clone());
            assert_eq!(before, None, "a task has two contents: {view:#}");
        }
        for task in &self.tasks {
            let seen = stack.get(&self.person, &format!("/api/writer/tasks/{}", task.as_str().unwrap())).await;
            let expected = of_task.get(&task.to_string()).cloned().unwrap_or_default();
            assert_eq!(seen["content_id"], expected, "task and content agree: {seen:#}");
        }
        let tasks = stack.all(&self.person, &format!("/api/writer/tasks?site_id={}", self.site)).await;
        let ids: BTreeSet<_> = tasks.iter().map(|task| task["id"].to_string()).collect();
        assert_eq!(ids, self.tasks.iter().map(Value::to_string).collect(), "each task that was ordered is there, once");
        let jobs = items_of(&stack.app.table, self.ctx()).await.unwrap();
        let written: u64 = jobs.iter().map(|(job, _)| job).filter(|job| writes(job)).map(|job| job.done).sum();
        assert_eq!(written, contents.len() as u64, "an article for each item that succeeded");
        let charged: i64 =
            jobs.iter().map(|(job, _)| job).filter(|job| writes(job)).map(|job| job.credits_charged).sum();
        assert_eq!(charged, 3 * contents.len() as i64);

        let clusters = stack.all(&self.person, &format!("/api/planner/clusters?site_id={}", self.site)).await;
        let keywords = stack.all(&self.person, &format!("/api/planner/keywords?site_id={}", self.site)).await;
        assert_eq!(keywords.len(), self.keywords, "each keyword of the file is there, once");
        let names: BTreeSet<_> = clusters.iter().map(|cluster| cluster["name"].to_string().to_lowercase()).collect();
        assert_eq!(names.len(), clusters.len(), "a cluster is doubled: {names:?}");
        for cluster in &clusters {
            let members = keywords.iter().filter(|keyword| keyword["cluster_id"] == cluster["id"]);
            let (mut count, mut volume) = (0, 0);
            for keyword in members {
                count += 1;
                volume += keyword["volume"].as_u64().unwrap_or_default();
            }
            assert_eq!(cluster["keyword_count"], count, "{cluster:#}");
            assert_eq!(cluster["volume"], volume, "{cluster:#}");
        }
        let placed = keywords.iter().filter(|keyword| !keyword["cluster_id"].is_null()).count() as u64;
        let counted: u64 = clusters.iter().map(|cluster| cluster["keyword_count"].as_u64().unwrap()).sum();
        assert_eq!(placed, counted);
        let ideas = stack.all(&self.person, &format!("/api/planner/ideas?site_id={}", self.site)).await;
        let titles: BTreeSet<_> = ideas.iter().map(|idea| idea["title"].to_string().to_lowercase()).collect();
        assert_eq!(titles.len(), ideas.len(), "an idea is doubled");
        jobs.iter().map(|(job, _)| job.total).sum()
    }
}

fn writes(job: &Job) -> bool {
    job.function == "generate_content"
}
