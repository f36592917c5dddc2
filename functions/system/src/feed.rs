//! The table's stream, for those who watch: jobs, credits and notices as they change.

use igny8_lambda::{FunctionSpec, Handler};
use igny8_live::Change;

/// Takes the records of the table's stream that are about jobs and balances.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-feed",
    needs: &["TABLE_NAME", "LIVE_URL"],
    build: |app| {
        let (live, env) = (igny8_app::live(app), app.env.clone());
        Ok(Handler::stream(move |records, _| {
            let (live, env) = (live.clone(), env.clone());
            async move {
                let changes =
                    records.into_iter().filter_map(|record| Some(Change { old: record.old, new: record.new? }));
                Ok(live.feed(&env, changes.collect()).await?)
            }
        }))
    },
};
