//! The minute tick: finds the schedules that are due.

use igny8_lambda::{FunctionSpec, Handler};

/// Runs every minute.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-tick",
    needs: igny8_app::WORKER_NEEDS,
    build: |app| {
        let (automation, env) = (igny8_app::automation(app), app.env.clone());
        Ok(Handler::schedule(move |_| {
            let (automation, env) = (automation.clone(), env.clone());
            async move { automation.tick(&env).await }
        }))
    },
};
