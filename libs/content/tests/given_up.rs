//! What becomes of a task whose item no worker answers for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail")]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use igny8_accounts::{Accounts, HostingType, SiteCreate, SiteType};
use igny8_billing::open_account;
use igny8_content::{Contents, GenerateRequest, Task, TaskCreate, TaskStatus, TaskUpdate, WriteStep};
use igny8_core::{Credits, Ctx, Error, Result, Role};
use igny8_planning::Planning;
use igny8_table::{Cond, Effects, Entity, Keys, Table, Update};
use igny8_testing::TestTable;
use igny8_work::{Item, ItemId, ItemState, JobStatus, Lane, Models, Step, Work};

/// No model is ever asked here.
struct NoModels;

#[async_trait]
impl Models for NoModels {
    async fn router(&self) -> Result<igny8_ai::Router> {
        Err(Error::unavailable("there is none"))
    }
}

struct World {
    test: TestTable,
    ctx: Ctx,
    contents: Contents,
    work: Work,
}

async fn world() -> World {
    let test = TestTable::start().await;
    let (table, cloud) = (test.table.clone(), test.cloud.clone());
    let ctx = test.ctx(Role::Owner);
    let mut effects = Effects::new();
    open_account(&ctx, &mut effects, Credits(25)).unwrap();
    table.transact("test.account", effects).await.unwrap();
    let accounts = Accounts::new(table.clone(), cloud.clone());
    let plain = Work::new(cloud.clone(), table.clone());
    let planning = Planning::new(table.clone(), cloud.clone(), plain.clone(), accounts.clone());
    let contents = Contents::new(table, cloud, plain.clone(), accounts, planning);
    let step: Arc<dyn Step> = Arc::new(WriteStep::new(contents.clone(), Arc::new(NoModels)));
    World { work: plain.knowing([step]), test, ctx, contents }
}

async fn row_of(table: &Table, ctx: &Ctx, task: &Task) -> Item {
    let id = ItemId { job: task.job_id.unwrap(), index: 0 };
    table.get(id.key(&Keys::new(ctx))).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_task_of_an_item_that_is_given_up_has_failed_and_can_be_tried_again() {
    let World { test, ctx, contents, work } = world().await;
    let accounts = Accounts::new(test.table.clone(), test.cloud.clone());
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
    let mut tasks = Vec::new();
    for title in ["Brakes", "Oil"] {
        let new = serde_json::json!({ "site_id": site, "title": title });
        let new: TaskCreate = serde_json::from_value(new).unwrap();
        tasks.push(contents.create_task(&ctx, new).await.unwrap().id);
    }
    contents.generate(&ctx, &GenerateRequest { task_ids: tasks.clone(), ..GenerateRequest::default() }).await.unwrap();
    let task = contents.task(&ctx, tasks[0]).await.unwrap();
    let item = row_of(&test.table, &ctx, &task).await;
    assert_eq!((item.state, item.sends), (ItemState::Dispatched, 1));
    // A worker began with the first, and was never heard of again. The second waits: trial tenants have one slot.
    let mut effects = Effects::new();
    effects.update(
        "task",
        Update::at(task.key(&Keys::new(&ctx))).set("status", TaskStatus::InProgress).when(Cond::Exists),
    );
    test.table.transact("test.begin", effects).await.unwrap();

    let (mut sent, mut given_up) = (0, 0);
    while given_up == 0 {
        test.clock.advance(Duration::from_mins(16));
        let swept = work.sweep(&test.env).await.unwrap();
        assert_eq!(swept.errors, 0, "{swept:?}");
        (sent, given_up) = (sent + swept.sent_again, given_up + swept.given_up);
        assert!(sent < 30, "it is never given up");
    }
    assert_eq!((sent, given_up), (19, 1));
    let failed = contents.task(&ctx, tasks[0]).await.unwrap();
    assert_eq!(failed.status, TaskStatus::Failed);
    assert!(failed.error.unwrap().contains("Nothing was charged"));

    // Its job still has another item to do; the task is free all the same.
    let job = work.job(&ctx, failed.job_id.unwrap()).await.unwrap();
    assert_eq!((job.status(), job.failed), (JobStatus::Running, 1));
    let change = TaskUpdate { title: Some("Brakes and discs".to_owned()), ..TaskUpdate::default() };
    assert_eq!(contents.update_task(&ctx, failed.id, change, None).await.unwrap().title, "Brakes and discs");
    work.cancel(&ctx, job.id).await.unwrap();
    let again = contents
        .generate(&ctx, &GenerateRequest { task_ids: vec![failed.id], ..GenerateRequest::default() })
        .await
        .unwrap();
    assert_eq!(contents.task(&ctx, failed.id).await.unwrap().job_id, Some(again.id));
    let lane: Lane = test.table.get(Lane::key_of(&Keys::new(&ctx))).await.unwrap().unwrap();
    assert_eq!((lane.in_flight, lane.pending), (1, 0));
}
