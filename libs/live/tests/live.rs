//! Tickets, notices and what a batch of the stream costs, on a table with a clock that stands still.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail")]

use std::time::Duration;

use igny8_accounts::{Accounts, RefreshInput, RegisterInput, Visitor};
use igny8_billing::Split;
use igny8_core::{Actor, Credits, Ctx, ErrorKind, JobId, PageRequest, Role};
use igny8_live::{Change, Live, NoticeOutcome, TICKET_LIFE};
use igny8_table::{AttributeValue, Effects, Entity, Item, Keys};
use igny8_testing::TestTable;
use igny8_work::{Job, Work};

async fn start() -> (TestTable, Live) {
    let test = TestTable::start_with(&[("LIVE_URL", "wss://live.example.com/live")]).await;
    let work = Work::new(test.cloud.clone(), test.table.clone());
    let accounts = Accounts::new(test.table.clone(), test.cloud.clone());
    let live = Live::new(test.cloud.clone(), test.table.clone(), accounts, work);
    (test, live)
}

/// A job of two items, of which so many are done and have failed.
fn job(ctx: &Ctx, done: u64, failed: u64, generation: u32) -> Job {
    Job {
        id: JobId::new(1, 7),
        function: "auto_cluster".to_owned(),
        site_id: None,
        total: 2,
        made: 2,
        done,
        failed,
        cancelled: 0,
        started_at: Some(ctx.now()),
        credits_reserved: 0,
        credits_charged: done as i64,
        credits_released: 0,
        unassigned: Split::ZERO,
        cancel_requested_at: None,
        abandoned: false,
        error: None,
        created_by: ctx.actor,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        generation,
        prepare_until: None,
    }
}

/// The row of a job, as the stream shows it.
async fn row(test: &TestTable, ctx: &Ctx, job: &Job) -> Item {
    let keys = Keys::new(ctx);
    let mut effects = Effects::new();
    effects.put("job", &keys, job, None).unwrap();
    test.table.transact("test.job", effects).await.unwrap();
    test.table.get_item(job.key(&keys)).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_ticket_is_good_once_and_for_thirty_seconds() {
    let (test, live) = start().await;
    let accounts = Accounts::new(test.table.clone(), test.cloud.clone());
    let visitor = Visitor { env: test.env.clone(), request_id: "test".to_owned() };
    let input = RegisterInput {
        tenant_name: "Acme".to_owned(),
        email: "ana@example.com".to_owned(),
        password: "correct horse battery".to_owned(),
        display_name: None,
    };
    let ana = accounts.register(&visitor, input, Credits(25)).await.unwrap();
    let ctx = Ctx { tenant: ana.tenant.id, actor: Actor::User(ana.user.id), ..test.ctx(ana.role) };
    let one = live.ticket(&ctx, Some(ana.session)).await.unwrap();
    assert_eq!(one.url, "wss://live.example.com/live");
    live.connect(&test.env, "A=", &one.ticket).await.unwrap();
    let refused = |outcome: igny8_core::Result<()>| assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Forbidden);
    refused(live.connect(&test.env, "B=", &one.ticket).await);
    let late = live.ticket(&ctx, Some(ana.session)).await.unwrap();
    test.clock.advance(TICKET_LIFE);
    refused(live.connect(&test.env, "C=", &late.ticket).await);
    // Forgetting twice is forgetting once; who is not known is not heard.
    live.disconnect(&test.env, "A=").await.unwrap();
    live.disconnect(&test.env, "A=").await.unwrap();
    refused(live.hear(&test.env, "A=", r#"{"type":"ping"}"#).await);
    let nonsense = live.hear(&test.env, "A=", "nonsense").await.unwrap_err();
    assert_eq!(nonsense.kind(), ErrorKind::Unreadable);
    // A session that has ended gets none, whatever its token says.
    accounts.logout(&visitor, RefreshInput { refresh_token: ana.refresh_token }).await.unwrap();
    assert_eq!(live.ticket(&ctx, Some(ana.session)).await.err().unwrap().kind(), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn each_end_of_a_job_is_noted_once() {
    let (test, live) = start().await;
    let ctx = test.ctx(Role::Owner);
    let running = row(&test, &ctx, &job(&ctx, 1, 0, 0)).await;
    test.clock.advance(Duration::from_secs(1));
    let partial = row(&test, &ctx, &job(&ctx, 1, 1, 0)).await;
    test.clock.advance(Duration::from_secs(1));
    let later = row(&test, &ctx, &job(&ctx, 1, 1, 0)).await;
    test.clock.advance(Duration::from_secs(1));
    let again = row(&test, &ctx, &job(&ctx, 2, 0, 1)).await;
    let broken = Item::from([
        ("PK".to_owned(), AttributeValue::S(Keys::new(&ctx).partition(Job::KIND))),
        ("_k".to_owned(), AttributeValue::S("JOB".to_owned())),
    ]);
    let change = |old: &Item, new: &Item| Change { old: Some(old.clone()), new: new.clone() };
    let batch = vec![
        Change { old: None, new: running.clone() },
        Change { old: None, new: broken },
        change(&running, &partial),
        change(&partial, &later),
        change(&running, &again),
    ];
    live.feed(&test.env, batch.clone()).await.unwrap();
    live.feed(&test.env, batch).await.unwrap();
    let notices = live.notices(&ctx, false, PageRequest::default()).await.unwrap().items;
    let outcomes: Vec<_> = notices.iter().map(|notice| notice.outcome).collect();
    assert_eq!(outcomes, [NoticeOutcome::Success, NoticeOutcome::Partial], "newest first");
    assert_eq!(notices[0].message, "All 2 items are done. It cost 2 credits.");
    assert_eq!(notices[1].message, "1 of 2 items done, 1 failed. It cost 1 credit.");
}

#[tokio::test]
async fn a_tenant_without_connections_costs_one_query_a_batch() {
    let (test, live) = start().await;
    let ctx = test.ctx(Role::Owner);
    let row = row(&test, &ctx, &job(&ctx, 1, 0, 0)).await;
    if test.is_beyond_moto("units of consistent reads") {
        return;
    }
    let before = test.table.tenths_of_units();
    let change = Change { old: Some(row.clone()), new: row };
    live.feed(&test.env, vec![change.clone(), change.clone(), change]).await.unwrap();
    // An empty query that is consistent takes one unit.
    assert_eq!(test.table.tenths_of_units() - before, 10);
}
