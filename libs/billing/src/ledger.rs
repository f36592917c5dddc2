//! The ledger: immutable transactions, numbered without a gap.

use igny8_core::{Credits, JobId, Timestamp};
use igny8_table::{Entity, Indexes, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Bucket;

/// Why credits came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionType {
    /// Credits of the trial, of a month or of a pack.
    Grant,
    /// Work that was done.
    Charge,
    /// A charge that was given back.
    Refund,
    /// A correction by the platform's staff.
    Adjust,
    /// Credits of a month that is over.
    Expire,
}

/// One entry of the ledger. It is never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    /// What it is for, as `item/01J…/00003/1/monthly`: there is one entry per reference, so a repeat changes nothing.
    pub reference: String,
    /// Its number in the tenant's ledger, from 1.
    pub number: u64,
    /// Why.
    #[serde(rename = "type")]
    pub kind: TransactionType,
    /// Signed: charges are negative.
    pub amount: Credits,
    /// Which credits.
    pub bucket: Bucket,
    /// The balance of both buckets after it.
    pub balance_after: Credits,
    /// The job it was for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub job_id: Option<JobId>,
    /// In words.
    pub reason: String,
    /// When.
    pub created_at: Timestamp,
}

impl Transaction {
    /// The partition, in the order of the numbers, in `GSI1`.
    pub fn by_number(keys: &Keys) -> String {
        keys.partition(Self::KIND)
    }
}

impl Entity for Transaction {
    const KIND: &'static str = "LEDGER";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, &self.reference)
    }

    fn indexes(&self, keys: &Keys) -> Indexes {
        Indexes { gsi1: Some((Self::by_number(keys), format!("{:012}", self.number))), gsi2: None }
    }
}
