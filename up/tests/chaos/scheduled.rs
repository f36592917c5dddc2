//! The walk through schedules: turned on, due, paused, and of a site that goes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    common::come_due,
    stack::{Person, Stack},
    walk::{Walk, site},
};

/// Each time of a schedule starts one job, whoever dies over it.
pub async fn scheduling(stack: &Stack, who: &Person) {
    let mut walk = Walk::new(stack, who);
    let id = site(&mut walk, "Scheduled").await;
    let keywords: Vec<_> = (0..20).map(|n| json!({ "keyword": format!("winter tyre number {n}") })).collect();
    walk.post("/api/planner/keywords", &json!({ "site_id": id, "keywords": keywords })).await;
    let path = format!("/api/system/schedules/{id}/auto_cluster");
    let on = stack.patch(who, &path, &json!({ "enabled": true, "max_credits": 1 })).await;
    assert_eq!(on["enabled"], true, "{on:#}");
    walk.post("/api/system/schedules/pause", &json!({})).await;
    assert_eq!(run(stack, who, &id, &path).await["outcome"], "skipped");
    walk.post("/api/system/schedules/resume", &json!({})).await;

    let last = run(stack, who, &id, &path).await;
    assert_eq!(last["outcome"], "started", "{last:#}");
    stack.wait(who, last["job_id"].as_str().unwrap()).await;
    let jobs = stack.all(who, &format!("/api/system/jobs?site_id={id}")).await;
    assert_eq!(jobs.len(), 1, "a job for each run: {jobs:#?}");

    // The site goes while its schedule is on.
    stack.delete(who, &format!("/api/auth/sites/{id}")).await;
    walk.expect("/api/auth/sites", "name", "Scheduled", 0);
    walk.check().await;
    let begun = Instant::now();
    while come_due(&stack.app.table, &who.ctx, &id, "auto_cluster").await {
        assert!(begun.elapsed() < Duration::from_mins(2), "the schedule of a site that is gone is still there");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Lets a schedule come due until it has run; what became of it.
async fn run(stack: &Stack, who: &Person, site: &str, path: &str) -> Value {
    let before = stack.get(who, path).await["last_run"].clone();
    assert!(come_due(&stack.app.table, &who.ctx, site, "auto_cluster").await);
    let begun = Instant::now();
    loop {
        let last = stack.get(who, path).await["last_run"].clone();
        if last != before {
            return last;
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "a schedule does not run");
        // A message that died is sent again after five minutes: they pass.
        look_again(stack, who, site).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Makes the five minutes pass after which a lost message is sent again; the time of the run itself stays.
async fn look_again(stack: &Stack, who: &Person, site: &str) {
    use igny8_core::SiteId;
    use igny8_table::{Cond, Effects, Keys, TableError, Update};
    let past = who.ctx.now().before(Duration::from_millis(1));
    let key = Keys::new(&who.ctx).site_row(site.parse::<SiteId>().unwrap(), "SCHEDULE", "auto_cluster");
    let mut effects = Effects::new();
    let due = format!("{past}#{}#{site}#auto_cluster", who.ctx.tenant);
    effects.update("row", Update::at(key).set("GSI1SK", due).when(Cond::lt("next_run", past)));
    match stack.app.table.transact("test.time", effects).await {
        Ok(()) | Err(TableError::Condition(_)) => {}
        Err(error) => panic!("{error}"),
    }
}
