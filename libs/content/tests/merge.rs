//! Merging clusters: all that names the merged ones follows, whatever dies or is written meanwhile.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail")]

use std::sync::Arc;

use igny8_accounts::{Accounts, HostingType, SiteCreate, SiteType};
use igny8_billing::open_account;
use igny8_content::{Contents, MergeStep, Task, TaskCreate};
use igny8_core::{ClusterId, Credits, Ctx, KeywordId, Limit, PageRequest, Role, SiteId};
use igny8_planning::{
    ClusterCreate, ClusterMerge, ClusterUpdate, KeywordCreate, KeywordQuery, KeywordSort, KeywordUpdate, Planning,
    entity::{Cluster, Keyword, PageType},
};
use igny8_table::{Effects, Entity, Keys, Query};
use igny8_testing::TestTable;
use igny8_work::{Job, JobStatus, Step, Work};

struct World {
    test: TestTable,
    ctx: Ctx,
    site: SiteId,
    planning: Planning,
    contents: Contents,
    work: Work,
    step: Arc<dyn Step>,
}

async fn world() -> World {
    let test = TestTable::start().await;
    let (table, cloud) = (test.table.clone(), test.cloud.clone());
    let ctx = test.ctx(Role::Owner);
    let mut effects = Effects::new();
    open_account(&ctx, &mut effects, Credits(25)).unwrap();
    table.transact("test.account", effects).await.unwrap();
    let accounts = Accounts::new(table.clone(), cloud.clone());
    let work = Work::new(cloud.clone(), table.clone());
    let planning = Planning::new(table.clone(), cloud.clone(), work.clone(), accounts.clone());
    let contents = Contents::new(table, cloud, work.clone(), accounts.clone(), planning.clone());
    let site = SiteCreate {
        name: "Garage".to_owned(),
        domain: None,
        site_type: SiteType::Blog,
        hosting_type: HostingType::Igny8,
        industry: None,
        locale: None,
        workspace_id: None,
    };
    let site = accounts.create_site(&ctx, site).await.unwrap().id;
    let step: Arc<dyn Step> = Arc::new(MergeStep::new(contents.clone()));
    World { work: work.knowing([step.clone()]), test, ctx, site, planning, contents, step }
}

impl World {
    async fn cluster(&self, name: &str, hub_id: Option<ClusterId>) -> ClusterId {
        let new = ClusterCreate {
            site_id: self.site,
            sector_id: None,
            name: name.to_owned(),
            description: String::new(),
            page_type: None,
            hub_id,
        };
        self.planning.create_cluster(&self.ctx, new).await.unwrap().id
    }

    /// So many keywords of 10 searches each in a cluster.
    async fn keywords(&self, cluster: ClusterId, word: &str, count: usize) -> Vec<KeywordId> {
        let new = |n: usize| KeywordCreate { keyword: format!("{word} {n}"), volume: Some(10), ..Default::default() };
        let new = (0..count).map(new).collect();
        self.planning.add_keywords(&self.ctx, self.site, None, new).await.unwrap();
        let rows: Vec<Keyword> = self.rows().await;
        let ids: Vec<_> = rows.iter().filter(|row| row.keyword.starts_with(word)).map(|row| row.id).collect();
        let change = KeywordUpdate { cluster_id: Some(Some(cluster)), ..KeywordUpdate::default() };
        for id in self.planning.change_keywords(&self.ctx, &ids, &change).await.unwrap() {
            id.1.unwrap();
        }
        ids
    }

    async fn rows<E: Entity>(&self) -> Vec<E> {
        let keys = Keys::new(&self.ctx);
        let query = Query::partition(keys.site_partition(self.site, E::KIND));
        self.test.table.query_all(&keys, query, 100_000).await.unwrap()
    }

    async fn totals(&self, cluster: ClusterId) -> (u64, u64) {
        let row = self.planning.cluster_by_id(&self.ctx, cluster).await.unwrap();
        let keywords: Vec<Keyword> = self.rows().await;
        let own: Vec<_> = keywords.iter().filter(|keyword| keyword.cluster_id == Some(cluster)).collect();
        let volume = own.iter().filter_map(|keyword| keyword.volume).sum::<u64>();
        assert_eq!((row.keyword_count, row.volume), (own.len() as u64, volume), "{}", row.name);
        (row.keyword_count, row.volume)
    }

    async fn idea(&self, title: &str, cluster: ClusterId) -> igny8_core::IdeaId {
        let new = serde_json::json!({ "site_id": self.site, "title": title, "cluster_id": cluster });
        self.planning.create_idea(&self.ctx, serde_json::from_value(new).unwrap(), &self.contents).await.unwrap().id
    }

    async fn merge(&self, into: ClusterId, from: &[ClusterId]) -> Job {
        self.planning.merge_clusters(&self.ctx, into, &ClusterMerge { cluster_ids: from.to_vec() }).await.unwrap()
    }

    /// What its worker does with the message of a job.
    async fn deliver(&self, job: &Job) -> JobStatus {
        let message = serde_json::json!({
            "v": 1, "tenant": self.ctx.tenant, "job": job.id, "index": 0, "generation": 1
        });
        self.work.handle(&self.test.env, self.step.as_ref(), &message.to_string()).await.unwrap();
        self.work.status(&self.ctx, job.id).await.unwrap()
    }
}

#[tokio::test]
async fn all_that_names_a_merged_cluster_follows_and_its_name_is_free() {
    let world = world().await;
    let (pads, discs, brakes) =
        (world.cluster("Pads", None).await, world.cluster("Discs", None).await, world.cluster("Brakes", None).await);
    world.keywords(pads, "pad", 120).await;
    world.keywords(discs, "disc", 3).await;
    world.keywords(brakes, "brake", 2).await;
    let (idea, kept) = (world.idea("All about pads", pads).await, world.idea("All about brakes", brakes).await);
    let task = serde_json::json!({ "site_id": world.site, "title": "Discs", "cluster_id": discs });
    let task: TaskCreate = serde_json::from_value(task).unwrap();
    let task = world.contents.create_task(&world.ctx, task).await.unwrap();

    let job = world.merge(brakes, &[pads, discs, brakes]).await;
    let second = world.planning.merge_clusters(&world.ctx, pads, &ClusterMerge { cluster_ids: vec![brakes] }).await;
    assert_eq!(second.unwrap_err().kind(), igny8_core::ErrorKind::Conflict, "one merge at a time");
    assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);

    assert_eq!(world.totals(brakes).await, (125, 1_250));
    let clusters: Vec<Cluster> = world.rows().await;
    assert_eq!(clusters.iter().map(|cluster| cluster.id).collect::<Vec<_>>(), [brakes]);
    for id in [idea, kept] {
        assert_eq!(world.planning.idea(&world.ctx, id).await.unwrap().cluster_id, Some(brakes));
    }
    let tasks: Vec<Task> = world.rows().await;
    assert_eq!((tasks[0].id, tasks[0].cluster_id), (task.id, Some(brakes)));
    // Found through the index as well, and the names can be used again.
    let page = PageRequest { limit: Limit::new(200).unwrap(), ..PageRequest::default() };
    let query = KeywordQuery {
        site_id: world.site,
        sector_id: None,
        cluster_id: Some(brakes),
        status: None,
        intent: None,
        min_volume: None,
        max_volume: None,
        min_difficulty: None,
        max_difficulty: None,
        prefix: None,
        sort: KeywordSort::Newest,
        page,
    };
    assert_eq!(world.planning.keywords(&world.ctx, query).await.unwrap().items.len(), 125);
    let again = world.cluster("pads", None).await;
    // The job has ended, so the next merge may begin.
    let job = world.merge(again, &[brakes]).await;
    assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);
    assert_eq!(world.totals(again).await, (125, 1_250));
}

/// All rows of the site as they are, without what grows with every change.
async fn everything(world: &World) -> Vec<serde_json::Value> {
    async fn of<E: Entity + serde::Serialize>(world: &World) -> Vec<serde_json::Value> {
        let rows: Vec<E> = world.rows().await;
        rows.iter()
            .map(|row| {
                let mut row = serde_json::to_value(row).unwrap();
                for field in ["version", "updated_at"] {
                    row.as_object_mut().unwrap().remove(field);
                }
                row
            })
            .collect()
    }
    let mut all = of::<Cluster>(world).await;
    all.extend(of::<Keyword>(world).await);
    all.extend(of::<igny8_planning::entity::ContentIdea>(world).await);
    all.extend(of::<Task>(world).await);
    all.extend(of::<igny8_planning::entity::ClusterName>(world).await);
    all
}

/// Clusters with all that may hang on them: two of one hub, one that is a hub, ideas and a task.
async fn full_world() -> (World, ClusterId, Vec<ClusterId>) {
    let world = world().await;
    let brakes = world.cluster("Brakes", None).await;
    let stopping = world.cluster("Stopping", None).await;
    let (pads, discs) = (world.cluster("Pads", Some(stopping)).await, world.cluster("Discs", Some(stopping)).await);
    let drums = world.cluster("Drums", Some(brakes)).await;
    world.keywords(pads, "pad", 100).await;
    world.keywords(discs, "disc", 3).await;
    world.keywords(brakes, "brake", 2).await;
    world.keywords(drums, "drum", 1).await;
    world.idea("All about pads", pads).await;
    world.idea("How brakes are bled", brakes).await;
    let task = serde_json::json!({ "site_id": world.site, "title": "Discs", "cluster_id": discs });
    world.contents.create_task(&world.ctx, serde_json::from_value(task).unwrap()).await.unwrap();
    // `stopping` is a hub whose spoke `discs` stays, and `pads` is a spoke of what goes with it.
    (world, brakes, vec![pads, stopping])
}

#[tokio::test]
async fn a_merge_that_is_taken_back_leaves_everything_as_it_was() {
    let (world, brakes, from) = full_world().await;
    let before = everything(&world).await;
    let job = world.merge(brakes, &from).await;
    let early = world.planning.undo_merge(&world.ctx, job.id).await;
    assert_eq!(early.unwrap_err().kind(), igny8_core::ErrorKind::Conflict, "it still runs");
    assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);
    assert_ne!(everything(&world).await, before);
    assert_eq!(world.totals(brakes).await, (102, 1_020));

    let undo = world.planning.undo_merge(&world.ctx, job.id).await.unwrap();
    assert_eq!(world.deliver(&undo).await, JobStatus::Succeeded);
    assert_eq!(everything(&world).await, before);
    for cluster in [brakes, from[0], from[1]] {
        world.totals(cluster).await;
    }
    let again = world.planning.undo_merge(&world.ctx, job.id).await;
    assert_eq!(again.unwrap_err().kind(), igny8_core::ErrorKind::Conflict, "once");
    let no_merge = world.planning.undo_merge(&world.ctx, undo.id).await;
    assert_eq!(no_merge.unwrap_err().kind(), igny8_core::ErrorKind::Conflict, "an undo is no merge");
    // And the other way round once more: a merge of what was taken back.
    let job = world.merge(brakes, &from).await;
    assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);
    let undo = world.planning.undo_merge(&world.ctx, job.id).await.unwrap();
    assert_eq!(world.deliver(&undo).await, JobStatus::Succeeded);
    assert_eq!(everything(&world).await, before);
}

#[tokio::test]
async fn an_undo_that_died_on_its_way_ends_when_it_runs_again() {
    // It dies after each of its parts.
    for parts in 0..3 {
        let (world, brakes, from) = full_world().await;
        let before = everything(&world).await;
        let job = world.merge(brakes, &from).await;
        assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);
        let undo = world.planning.undo_merge(&world.ctx, job.id).await.unwrap();
        let half = world.planning.begin_unmerge(&world.ctx, undo.id, world.site, job.id).await.unwrap();
        if parts > 0 {
            assert_eq!(half.move_keywords().await.unwrap(), 100);
        }
        if parts > 1 {
            half.move_spokes().await.unwrap();
            assert_eq!(half.move_ideas().await.unwrap(), 1);
        }
        drop(half);
        assert_eq!(world.deliver(&undo).await, JobStatus::Succeeded);
        assert_eq!(everything(&world).await, before, "died after {parts}");
    }
}

#[tokio::test]
async fn an_undo_leaves_alone_what_somebody_did_since() {
    let world = world().await;
    let (pads, brakes) = (world.cluster("Pads", None).await, world.cluster("Brakes", None).await);
    let other = world.cluster("Other", None).await;
    let ids = world.keywords(pads, "pad", 5).await;
    let job = world.merge(brakes, &[pads]).await;
    assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);
    let away = KeywordUpdate { cluster_id: Some(Some(other)), ..KeywordUpdate::default() };
    world.planning.change_keywords(&world.ctx, &ids[..2], &away).await.unwrap();
    world.keywords(brakes, "brake", 1).await;
    // Its name is taken: said at once, and possible when it is free.
    let taken = world.cluster("pads", None).await;
    let refused = world.planning.undo_merge(&world.ctx, job.id).await.unwrap_err();
    assert!(refused.detail().contains("“Pads”"), "{refused}");
    world.planning.delete_cluster(&world.ctx, taken).await.unwrap();
    let undo = world.planning.undo_merge(&world.ctx, job.id).await.unwrap();
    assert_eq!(world.deliver(&undo).await, JobStatus::Succeeded);
    let counts = [world.totals(pads).await.0, world.totals(other).await.0, world.totals(brakes).await.0];
    assert_eq!(counts, [3, 2, 1]);
}

#[tokio::test]
async fn what_a_merge_moved_before_it_was_given_up_goes_back() {
    let world = world().await;
    let (pads, brakes) = (world.cluster("Pads", None).await, world.cluster("Brakes", None).await);
    world.keywords(pads, "pad", 60).await;
    let before = everything(&world).await;
    let job = world.merge(brakes, &[pads]).await;
    let input = igny8_planning::MergeInput { into: brakes, from: vec![pads], undo: None };
    let merge = world.planning.begin_merge(&world.ctx, job.id, &input).await.unwrap();
    assert_eq!(merge.move_keywords().await.unwrap(), 60);
    drop(merge);
    world.work.cancel(&world.ctx, job.id).await.unwrap();
    assert_eq!(world.work.status(&world.ctx, job.id).await.unwrap(), JobStatus::Cancelled);
    let undo = world.planning.undo_merge(&world.ctx, job.id).await.unwrap();
    assert_eq!(world.deliver(&undo).await, JobStatus::Succeeded);
    assert_eq!(everything(&world).await, before);
}

#[tokio::test]
async fn a_merge_that_died_on_its_way_ends_when_it_runs_again() {
    let world = world().await;
    let (pads, brakes) = (world.cluster("Pads", None).await, world.cluster("Brakes", None).await);
    let ids = world.keywords(pads, "pad", 60).await;
    world.idea("All about pads", pads).await;
    let job = world.merge(brakes, &[pads]).await;
    // It was marked and had moved something when its worker died.
    let input = igny8_planning::MergeInput { into: brakes, from: vec![pads], undo: None };
    let merge = world.planning.begin_merge(&world.ctx, job.id, &input).await.unwrap();
    assert_eq!(merge.move_keywords().await.unwrap(), 60);
    drop(merge);
    let pads_row = world.planning.cluster_by_id(&world.ctx, pads).await.unwrap();
    assert_eq!((pads_row.merging_into, pads_row.keyword_count), (Some(brakes), 0));
    // Nothing new refers to it from now on.
    let late = serde_json::json!({ "site_id": world.site, "title": "Late", "cluster_id": pads });
    let late = world.planning.create_idea(&world.ctx, serde_json::from_value(late).unwrap(), &world.contents).await;
    assert_eq!(late.unwrap_err().kind(), igny8_core::ErrorKind::Conflict);
    let back = KeywordUpdate { cluster_id: Some(Some(pads)), ..KeywordUpdate::default() };
    assert!(world.planning.change_keywords(&world.ctx, &ids[..1], &back).await.is_err());

    assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);
    assert_eq!(world.totals(brakes).await, (60, 600));
    assert_eq!(world.rows::<Cluster>().await.len(), 1);
}

#[tokio::test]
async fn spokes_follow_and_hubs_count_them() {
    let world = world().await;
    let hub = world.cluster("Brakes", None).await;
    let (pads, discs) = (world.cluster("Pads", Some(hub)).await, world.cluster("Discs", Some(hub)).await);
    let other = world.cluster("Stopping", None).await;
    let drums = world.cluster("Drums", Some(other)).await;
    let row = |id| world.planning.cluster_by_id(&world.ctx, id);
    let hub_row = row(hub).await.unwrap();
    assert_eq!((hub_row.spoke_count, hub_row.page_type), (2, PageType::Hub));
    // Two levels only, and a hub is not deleted under its spokes.
    let under = |hub_id| ClusterUpdate { hub_id: Some(hub_id), ..ClusterUpdate::default() };
    let update = |id, hub| world.planning.update_cluster(&world.ctx, id, under(hub), None);
    assert!(update(drums, Some(pads)).await.is_err(), "a spoke is no hub");
    assert!(update(hub, Some(other)).await.is_err(), "a hub with spokes has no hub");
    assert!(update(hub, Some(hub)).await.is_err(), "not itself");
    assert!(world.planning.delete_cluster(&world.ctx, hub).await.is_err());
    assert_eq!(update(discs, None).await.unwrap().hub_id, None);
    assert_eq!(row(hub).await.unwrap().spoke_count, 1);
    update(discs, Some(hub)).await.unwrap();

    // The hub goes into one of its spokes: that one takes its place.
    let job = world.merge(pads, &[hub, other]).await;
    assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);
    let pads_row = row(pads).await.unwrap();
    assert_eq!((pads_row.hub_id, pads_row.spoke_count), (None, 2), "{pads_row:#?}");
    for spoke in [discs, drums] {
        assert_eq!(row(spoke).await.unwrap().hub_id, Some(pads));
    }
    // A spoke that goes leaves its hub.
    let job = world.merge(discs, &[drums]).await;
    assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);
    assert_eq!(row(pads).await.unwrap().spoke_count, 1);
    assert_eq!(row(discs).await.unwrap().hub_id, Some(pads));
}

#[tokio::test]
async fn what_is_given_up_stays_and_can_be_merged_again() {
    let world = world().await;
    let (pads, brakes) = (world.cluster("Pads", None).await, world.cluster("Brakes", None).await);
    world.keywords(pads, "pad", 5).await;
    let job = world.merge(brakes, &[pads]).await;
    // The cluster that should stay is gone before the worker looks.
    world.planning.delete_cluster(&world.ctx, brakes).await.unwrap();
    assert_eq!(world.deliver(&job).await, JobStatus::Failed);
    assert_eq!(world.totals(pads).await, (5, 50));
    assert_eq!(world.planning.cluster_by_id(&world.ctx, pads).await.unwrap().merging_into, None);
    let stays = world.cluster("Stopping", None).await;
    let job = world.merge(stays, &[pads]).await;
    assert_eq!(world.deliver(&job).await, JobStatus::Succeeded);
    assert_eq!(world.totals(stays).await, (5, 50));
}

#[tokio::test]
async fn a_split_takes_its_keywords_with_it() {
    let world = world().await;
    let brakes = world.cluster("Brakes", None).await;
    let ids = world.keywords(brakes, "brake", 100).await;
    let split = |name: &str, ids: &[KeywordId]| {
        let split = serde_json::json!({ "name": name, "keyword_ids": ids });
        world.planning.split_cluster(&world.ctx, brakes, serde_json::from_value(split).unwrap())
    };
    assert_eq!(split("Too many", &ids[..91]).await.unwrap_err().fields()[0].field, "keyword_ids");
    assert!(split("brakes", &ids[..2]).await.is_err(), "the name is taken");
    let discs = split("Discs", &ids[..90]).await.unwrap();
    assert_eq!((discs.keyword_count, discs.volume), (90, 900));
    assert_eq!(world.totals(brakes).await, (10, 100));
    assert_eq!(world.totals(discs.id).await, (90, 900));
    assert!(split("Again", &ids[..1]).await.is_err(), "it is not there any more");
    // Out of every cluster, then put away with its numbers changed: both totals follow at every step.
    let change = |change: KeywordUpdate| {
        let (planning, ctx, ids) = (&world.planning, &world.ctx, &ids);
        async move { planning.change_keywords(ctx, ids, &change).await.unwrap() }
    };
    let done = change(KeywordUpdate { volume: Some(Some(7)), ..KeywordUpdate::default() }).await;
    assert!(done.iter().all(|(_, result)| result.is_ok()) && done.len() == 100);
    assert_eq!((world.totals(brakes).await, world.totals(discs.id).await), ((10, 70), (90, 630)));
    change(KeywordUpdate { cluster_id: Some(None), ..KeywordUpdate::default() }).await;
    assert_eq!((world.totals(brakes).await, world.totals(discs.id).await), ((0, 0), (0, 0)));
}
