//! At every fail point of the sources a real process dies by SIGKILL, once before and once after the write, while clients
//! use the whole product and repeat what was not answered. Then each deed that a client was told of is there exactly once,
//! every job has ended, and the ledger adds up. A fail point that nobody passes fails the test by its name.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use igny8_core::Ctx;
use igny8_platform::MailStatus;

use crate::{
    common::{check_rest, items_of, pass_time},
    deaths::Deaths,
    people::{places, sessions, team},
    points,
    product::{large_jobs, planning, writing},
    scheduled::scheduling,
    stack::Stack,
    thinking::thinking,
    walk::mails,
    watching::{check_notices, turned_away, watching},
};

/// Lets time pass for the tenants, and sweeps.
pub async fn clock(stack: Arc<Stack>, tenants: Vec<Ctx>, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        for ctx in &tenants {
            pass_time(&stack.app.table, ctx, Duration::from_millis(500)).await.unwrap();
        }
        let _ = stack.cloud.trigger("system-sweep").await;
        let _ = stack.cloud.trigger("system-tick").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_dies_at_every_fail_point() {
    let begun = Instant::now();
    let _log = Deaths::count();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("killed-at");
    let plan = format!("each:{}", file.display());
    let stack = Arc::new(Stack::start(folder.path(), 1, &|_| vec![plan.clone()]).await);
    let (ana, ben) = (stack.register("ana").await, stack.register("ben").await);
    let (cleo, dora) = (stack.register("cleo").await, stack.register("dora").await);
    let tenants: Vec<_> = [&ana, &ben, &cleo, &dora].iter().map(|one| one.ctx.clone()).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let clock = tokio::spawn(clock(Arc::clone(&stack), tenants.clone(), Arc::clone(&stop)));

    let accounts = async {
        team(&stack, &ana).await;
        sessions(&stack, &ana).await;
        places(&stack, &ana, &plan).await;
    };
    tokio::join!(
        accounts,
        async {
            planning(&stack, &ben).await;
            thinking(&stack, &ben).await;
        },
        writing(&stack, &cleo, &plan),
        large_jobs(&stack, &dora),
        scheduling(&stack, &ben),
        watching(&stack, &cleo),
        turned_away(&stack)
    );
    eprintln!("everything was done in {:.0?}", begun.elapsed());
    // A mail that died on its way is sent when Lambda tries again, after a minute.
    while mails(&stack).await.iter().any(|mail| mail.status != MailStatus::Sent) {
        assert!(begun.elapsed() < Duration::from_mins(5), "a mail was not sent: {:#?}", mails(&stack).await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    // Work that is cancelled while it runs ends by itself, and the sweep forgets who has nothing to do.
    for ctx in &tenants {
        while items_of(&stack.app.table, ctx).await.unwrap().iter().any(|(job, _)| !job.status().is_terminal()) {
            assert!(begun.elapsed() < Duration::from_mins(5), "a job does not end");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.store(true, Ordering::Relaxed);
    clock.await.unwrap();
    for ctx in &tenants {
        check_rest(&stack.app.table, &stack.work, ctx).await;
        check_notices(&stack, ctx).await;
    }
    assert_eq!(stack.cloud.denied(), vec![], "calls that a policy does not allow");

    let killed: BTreeSet<String> = std::fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect();
    let wanted: BTreeSet<String> = points::of_the_sources()
        .points
        .iter()
        .flat_map(|point| ["before", "after"].map(|when| format!("{point} {when}")))
        .collect();
    eprintln!("{} deaths at {} fail points in {:.0?}", killed.len(), wanted.len() / 2, begun.elapsed());
    let missed: Vec<_> = wanted.difference(&killed).collect();
    assert!(missed.is_empty(), "fail points at which nobody died: {missed:#?}");
    let unknown: Vec<_> = killed.difference(&wanted).collect();
    assert!(unknown.is_empty(), "fail points that the sources do not show: {unknown:#?}");
    stack.stop().await;
}
