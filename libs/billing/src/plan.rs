//! Plans: what a month costs and brings. Credits are the only limit on use.

use igny8_core::Credits;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanId {
    /// To try it: 25 credits, once.
    Trial,
    /// For one person.
    Starter,
    /// For a small team.
    Pro,
    /// For those with clients.
    Agency,
    /// By contract.
    Enterprise,
}

/// A plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Plan {
    /// Its name.
    pub id: PlanId,
    /// Price in US cents a month (trial: once); none by contract.
    pub price_cents: Option<u32>,
    /// Credits a month (trial: once); none by contract.
    pub monthly_credits: Option<Credits>,
    /// How many items of work run at the same time.
    pub in_flight: u32,
    /// For whom it was meant: advice, enforced nowhere.
    pub meant_for: &'static str,
    /// Who answers questions.
    pub support_level: &'static str,
}

/// All plans, from small to large.
pub const PLANS: [Plan; 5] = [
    plan(PlanId::Trial, Some(100), Some(25), 1, "1 user, 1 site", "community"),
    plan(PlanId::Starter, Some(3_900), Some(200), 2, "3 users, 3 sites", "email"),
    plan(PlanId::Pro, Some(8_900), Some(600), 4, "5 users, 5 sites", "email"),
    plan(PlanId::Agency, Some(19_900), Some(2_000), 8, "15 users, 10 sites", "priority"),
    plan(PlanId::Enterprise, None, None, 8, "by contract", "by contract"),
];

const fn plan(
    id: PlanId,
    price_cents: Option<u32>,
    monthly_credits: Option<i64>,
    in_flight: u32,
    meant_for: &'static str,
    support_level: &'static str,
) -> Plan {
    let monthly_credits = match monthly_credits {
        Some(credits) => Some(Credits(credits)),
        None => None,
    };
    Plan { id, price_cents, monthly_credits, in_flight, meant_for, support_level }
}

impl PlanId {
    /// How many items of work of a tenant run at the same time.
    pub const fn in_flight(self) -> u32 {
        match self {
            Self::Trial => 1,
            Self::Starter => 2,
            Self::Pro => 4,
            Self::Agency | Self::Enterprise => 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PLANS;

    #[test]
    fn the_list_and_the_limits_agree() {
        for plan in PLANS {
            assert_eq!(plan.in_flight, plan.id.in_flight());
        }
    }
}
