//! The sweep: a tenant that cannot be swept stands in nobody's way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail")]

use std::time::Duration;

use igny8_billing::open_account;
use igny8_core::{Credits, Ctx, Role};
use igny8_table::{Effects, Keys, Update};
use igny8_testing::TestTable;
use igny8_work::{FunctionSpec, Item, ItemId, ItemState, Job, JobCreate, Lane, NewItem, Work};
use serde_json::json;

const TOY: FunctionSpec = FunctionSpec { name: "toy", queue: "toy", max_attempts: 4 };

/// A tenant with a job of one item, whose message goes nowhere.
async fn tenant(test: &TestTable, work: &Work) -> (Ctx, Job) {
    let ctx = test.ctx(Role::Owner);
    let mut effects = Effects::new();
    open_account(&ctx, &mut effects, Credits(25)).unwrap();
    test.table.transact("test.account", effects).await.unwrap();
    let items = vec![NewItem { title: "Toy".to_owned(), input: json!({}), price: Credits(1) }];
    let site = igny8_core::SiteId::new(ctx.now().millis(), ctx.env.random());
    let job = work.create(&ctx, JobCreate::new(&ctx, TOY, site, items)).await.unwrap();
    (ctx, job)
}

async fn lane(test: &TestTable, ctx: &Ctx) -> Lane {
    test.table.get(Lane::key_of(&Keys::new(ctx))).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_tenant_that_fails_each_time_goes_to_the_back_of_the_queue() {
    let test = TestTable::start().await;
    let work = Work::new(test.cloud.clone(), test.table.clone());
    let (broken, job) = tenant(&test, &work).await;
    // A row that cannot be read: every sweep of this tenant ends with an error.
    let key = ItemId { job: job.id, index: 0 }.key(&Keys::new(&broken));
    let mut effects = Effects::new();
    effects.update("item", Update::at(key).set("state", "nonsense"));
    test.table.transact("test.break", effects).await.unwrap();
    let (sound, job) = tenant(&test, &work).await;

    for round in 1..=3 {
        test.clock.advance(Duration::from_mins(16));
        let before = lane(&test, &broken).await.due.unwrap();
        let swept = work.sweep(&test.env).await.unwrap();
        assert_eq!((swept.tenants, swept.errors, swept.sent_again), (2, 1, 1), "{swept:?}");
        let after = lane(&test, &broken).await.due.unwrap();
        assert!(after > before, "{before} {after}");
        let item = ItemId { job: job.id, index: 0 }.key(&Keys::new(&sound));
        let item: Item = test.table.get(item).await.unwrap().unwrap();
        assert_eq!((item.state, item.sends), (ItemState::Dispatched, 1 + round));
    }
}

#[tokio::test]
async fn a_tenant_with_work_is_looked_at_every_minute() {
    let test = TestTable::start().await;
    let work = Work::new(test.cloud.clone(), test.table.clone());
    let _busy = tenant(&test, &work).await;
    test.clock.advance(Duration::from_mins(1));
    for minute in 1..=5 {
        // The schedule is a minute, but a sweep may take until here to come to this tenant, and the next one be quicker.
        test.clock.advance(Duration::from_secs(29));
        assert_eq!(work.sweep(&test.env).await.unwrap().tenants, 1, "minute {minute}");
        assert_eq!(work.sweep(&test.env).await.unwrap().tenants, 0, "two sweeps at once do the work once");
        test.clock.advance(Duration::from_secs(31));
        assert_eq!(work.sweep(&test.env).await.unwrap().tenants, 1, "minute {minute}");
        test.clock.advance(Duration::from_secs(31));
    }
}
