use std::sync::Arc;

use igny8_core::{Actor, Credits, Ctx, Env, FixedClock, JobId, Role, TenantId, Timestamp};
use proptest::prelude::*;

use crate::{Balance, Bucket, PlanId, Split, service::Booking};

fn ctx() -> Ctx {
    let env = Env::fixed(Arc::new(FixedClock::at(Timestamp::from_millis(1_000_000))), 7);
    Ctx {
        tenant: TenantId::new(1, 1),
        actor: Actor::System,
        role: Role::SystemBot,
        request_id: "test".into(),
        idempotency: None,
        env,
    }
}

fn empty() -> Balance {
    Balance {
        plan: PlanId::Trial,
        credits: Split::ZERO,
        reserved: Split::ZERO,
        renews_at: None,
        entries: 0,
        version: 1,
    }
}

#[derive(Debug, Clone)]
enum Step {
    Grant(bool, i64),
    Reserve(i64),
    Charge(usize, i64),
    Release(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any::<bool>(), 0_i64..50).prop_map(|(monthly, n)| Step::Grant(monthly, n)),
        (0_i64..40).prop_map(Step::Reserve),
        (any::<usize>(), 0_i64..60).prop_map(|(which, n)| Step::Charge(which, n)),
        any::<usize>().prop_map(Step::Release),
    ]
}

proptest! {
    #[test]
    fn the_ledger_adds_up_and_nothing_goes_below_zero(steps in proptest::collection::vec(step(), 1..60)) {
        let ctx = ctx();
        let job = JobId::new(1, 1);
        let mut booking = Booking::of(empty());
        let mut open: Vec<Split> = Vec::new();
        for (n, step) in steps.into_iter().enumerate() {
            match step {
                Step::Grant(monthly, amount) => {
                    let bucket = if monthly { Bucket::Monthly } else { Bucket::Bonus };
                    booking.grant(&ctx, bucket, Credits(amount), &n.to_string(), "test");
                }
                Step::Reserve(amount) => {
                    let available = booking.balance().available();
                    match booking.reserve(Credits(amount)) {
                        Ok(split) => {
                            prop_assert_eq!(split.total(), Credits(amount));
                            open.push(split);
                        }
                        Err(_) => prop_assert!(Credits(amount) > available),
                    }
                }
                Step::Charge(which, amount) if !open.is_empty() => {
                    let reserved = open.swap_remove(which % open.len());
                    let charged = booking.charge(&ctx, reserved, Credits(amount), job, &n.to_string(), "test");
                    prop_assert!(charged.total() <= reserved.total());
                    prop_assert_eq!(charged.total(), Credits(amount).min(reserved.total()));
                }
                Step::Release(which) if !open.is_empty() => {
                    let reserved = open.swap_remove(which % open.len());
                    booking.release(reserved);
                }
                Step::Charge(..) | Step::Release(_) => {}
            }
            let balance = booking.balance();
            let sum: Credits = booking.entries().iter().map(|entry| entry.amount).sum();
            prop_assert_eq!(balance.credits.total(), sum);
            prop_assert!(balance.available() >= Credits::ZERO);
            prop_assert!(balance.credits.monthly >= balance.reserved.monthly);
            prop_assert!(balance.credits.bonus >= balance.reserved.bonus);
            let reserved: Credits = open.iter().map(|split| split.total()).sum();
            prop_assert_eq!(balance.reserved.total(), reserved);
            let numbers: Vec<u64> = booking.entries().iter().map(|entry| entry.number).collect();
            prop_assert_eq!(numbers, (1..=balance.entries).collect::<Vec<_>>());
        }
    }
}

#[test]
fn too_few_credits_tell_both_numbers() {
    let mut booking = Booking::of(empty());
    booking.grant(&ctx(), Bucket::Bonus, Credits(2), "grant", "test");
    let error = booking.reserve(Credits(3)).unwrap_err();
    assert_eq!(
        error.kind(),
        igny8_core::ErrorKind::InsufficientCredits { required: Credits(3), available: Credits(2) }
    );
}
