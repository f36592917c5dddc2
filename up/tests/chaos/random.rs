//! Everything goes wrong at once, with a seed: real processes die by SIGKILL at their fail points, messages are lost,
//! doubled and late, the table refuses and forgets to answer, indexes lag, the model is busy, silent or talks nonsense,
//! users cancel and retry, dead letters come. What must hold, holds at every moment; and in the end no item is lost and
//! nothing is doubled.
//!
//! `IGNY8_CHAOS_SEED`, `IGNY8_CHAOS_TENANTS` and `IGNY8_CHAOS_ITEMS` (articles per tenant) make it longer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use igny8_local::emulators::queues::NewMessage;
use serde_json::json;

use crate::{
    common::{items_of, pass_time},
    deaths::Deaths,
    stack::Stack,
    tenant::Tenant,
};

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name}: {text}")))
}

/// What kills a function's processes, by turns: any point now and then, and some that a worker passes seldom.
fn plans(seed: u64, function: &str) -> Vec<String> {
    match function {
        "planner-cluster-worker" | "planner-ideas-worker" | "writer-generate-worker" => vec![
            format!("{seed}:60"),
            format!("{}:6:work.finish", seed + 1),
            format!("{}:120", seed + 2),
            format!("{}:8:work.claim", seed + 3),
            format!("{}:6:work.raw_answer", seed + 4),
            format!("{}:8:work.dispatch", seed + 5),
            format!("{}:8:work.send", seed + 6),
            format!("{}:200", seed + 7),
        ],
        "system-sweep" | "system-dead-letters" => {
            vec![format!("{seed}:40"), format!("{}:10:work.send_again", seed + 1)]
        }
        "planner-cluster" | "planner-ideas" | "writer-generate" | "system-jobs" => {
            vec![format!("{seed}:40"), format!("{}:60", seed + 1)]
        }
        // Who signs in, makes sites and tasks and looks does so in a process of its own too.
        _ => vec![format!("{}:150", seed + 2)],
    }
}

/// Lets time pass and sends dead letters until it is told to stop; for all tenants at once, so that a message that was
/// lost costs as little with twenty of them as with three.
async fn clock(stack: Arc<Stack>, tenants: Arc<Vec<Tenant>>, stop: Arc<AtomicBool>) {
    let dead: Vec<_> =
        stack.cloud.queues().names().into_iter().filter(|name| name.to_lowercase().contains("dead")).collect();
    while !stop.load(Ordering::Relaxed) {
        futures::future::join_all(tenants.iter().map(|tenant| async {
            // Also this meets the faults; the next round comes soon.
            let _ = pass_time(&stack.app.table, tenant.ctx(), Duration::from_secs(2)).await;
            if let Ok(jobs) = items_of(&stack.app.table, tenant.ctx()).await
                && let Some(item) = jobs.iter().flat_map(|(_, items)| items).nth(stack.env.below(40) as usize)
            {
                let body = json!({
                    "v": 1, "tenant": tenant.ctx().tenant, "job": item.job, "index": item.index,
                    "generation": item.generation,
                });
                let wanted = item.queue.replace('-', "");
                let queue = dead.iter().find(|name| name.to_lowercase().replace('-', "").contains(&wanted));
                let message = NewMessage { body: body.to_string(), ..NewMessage::default() };
                stack.cloud.queues().send(queue.unwrap_or_else(|| panic!("no dead letters: {dead:?}")), message);
            }
        }))
        .await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Sweeps until it is told to stop.
async fn sweeper(stack: Arc<Stack>, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        // It may die; the next one goes on.
        let _ = stack.cloud.trigger("system-sweep").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Looks again and again whether everything holds; counts how often it could see all of it, and how often the lane stood
/// still meanwhile.
async fn sampler(stack: Arc<Stack>, tenants: Arc<Vec<Tenant>>, stop: Arc<AtomicBool>) -> (u64, u64) {
    let (mut seen, mut still) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        for tenant in tenants.iter() {
            let begun = Instant::now();
            if let Some(stood_still) = tenant.check_moment(&stack).await {
                seen += 1;
                still += u64::from(stood_still);
            }
            // Looking must not be most of what happens.
            tokio::time::sleep(Duration::from_millis(30) + begun.elapsed() * 3).await;
        }
    }
    (seen, still)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_wrongly_charged() {
    let seed = number("IGNY8_CHAOS_SEED", 7) as u64;
    let (count, items) = (number("IGNY8_CHAOS_TENANTS", 3), number("IGNY8_CHAOS_ITEMS", 5));
    let deaths = Deaths::count();
    let folder = tempfile::tempdir().unwrap();
    let mut stack = Stack::start(folder.path(), seed, &|function| plans(seed, function)).await;
    stack.pause = Duration::from_millis(200.max(100 * count as u64));
    let stack = Arc::new(stack);
    let begun = Instant::now();
    let tenants = futures::future::join_all((0..count).map(|number| Tenant::make(&stack, number, items))).await;
    eprintln!("{count} tenants with {items} tasks each in {:.0?}", begun.elapsed());
    let tenants = Arc::new(tenants);

    stack
        .cloud
        .set_faults(|plan| {
            plan.table.conflict = 0.04;
            plan.table.throttle = 0.03;
            plan.table.internal = 0.02;
            plan.table.lost_answer = 0.03;
            plan.stale_indexes = Some(Duration::from_secs(2));
            plan.queue.lost = 0.05;
            plan.queue.twice = 0.15;
            plan.queue.late = 0.15;
            plan.queue.late_by = Duration::from_secs(3);
        })
        .await
        .unwrap();
    stack.provider.be_moody(true);
    let begun = Instant::now();
    let stop = Arc::new(AtomicBool::new(false));
    let clock = tokio::spawn(clock(Arc::clone(&stack), Arc::clone(&tenants), Arc::clone(&stop)));
    let sweeper = tokio::spawn(sweeper(Arc::clone(&stack), Arc::clone(&stop)));
    let sampler = tokio::spawn(sampler(Arc::clone(&stack), Arc::clone(&tenants), Arc::clone(&stop)));
    let mut lives = tokio::task::JoinSet::new();
    for n in 0..count {
        let (stack, tenants) = (Arc::clone(&stack), Arc::clone(&tenants));
        lives.spawn(async move { tenants[n].live(&stack).await });
    }
    while let Some(lived) = lives.join_next().await {
        lived.unwrap();
    }
    stack.cloud.set_faults(|plan| *plan = igny8_local::Plan::default()).await.unwrap();
    stack.provider.be_moody(false);
    // Messages that are late or doubled still come; they find nothing to do.
    tokio::time::sleep(Duration::from_secs(4)).await;
    stop.store(true, Ordering::Relaxed);
    clock.await.unwrap();
    sweeper.await.unwrap();
    let (seen, still) = sampler.await.unwrap();

    let mut total = 0;
    for tenant in tenants.iter() {
        tenant.check_moment(&stack).await.unwrap();
        total += tenant.check_end(&stack).await;
    }
    assert_eq!(stack.cloud.denied(), vec![], "calls that a policy does not allow");
    let deaths = deaths.seen();
    let died: u64 = deaths.values().sum();
    let started: u64 = stack.processes.iter().map(|processes| processes.started()).sum();
    let answers = stack.provider.seen();
    eprintln!(
        "seed {seed}: {:.0?}, {total} items, {started} processes, {seen} looks ({still} at lanes that stood still), \
         model {answers:?}, {died} deaths at {} points: {deaths:#?}",
        begun.elapsed(),
        deaths.len()
    );
    assert!(total >= (count * items) as u64, "{total} items");
    assert!(stack.cloud.tally("system-dead-letters").0 > 0, "no dead letter came");
    assert!(seen >= 10 && still >= 1, "only {seen} looks, {still} at a lane that stood still");
    assert!(died >= 5 && deaths.len() >= 4, "too little went wrong: {deaths:?}");
    stack.stop().await;
}
