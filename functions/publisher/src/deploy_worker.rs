//! The worker of `publish`.

use igny8_lambda::FunctionSpec;
use igny8_publishing::DeployStep;

/// Takes messages of the queue `publisher-deploy`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "publisher-deploy-worker",
    needs: &["TABLE_NAME", "BUCKET_NAME", "SITES_DOMAIN"],
    build: |app| Ok(igny8_app::worker(app, DeployStep::new(igny8_app::publishing(app)))),
};
