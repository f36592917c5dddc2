//! Every function there is. The parity check holds this against template.yaml, the binaries and the events.

use igny8_fn_auth as auth;
use igny8_fn_billing as billing;
use igny8_fn_planner as planner;
use igny8_fn_publisher as publisher;
use igny8_fn_settings as settings;
use igny8_fn_system as system;
use igny8_fn_thinker as thinker;
use igny8_fn_writer as writer;
use igny8_lambda::FunctionSpec;

/// All functions.
pub fn functions() -> Vec<FunctionSpec> {
    vec![
        auth::session::FUNCTION,
        auth::users::FUNCTION,
        auth::sites::FUNCTION,
        auth::workspaces::FUNCTION,
        auth::api_keys::FUNCTION,
        planner::keywords::FUNCTION,
        planner::imports::FUNCTION,
        planner::cluster::FUNCTION,
        planner::clusters::FUNCTION,
        planner::ideas::FUNCTION,
        planner::import_worker::FUNCTION,
        planner::cluster_worker::FUNCTION,
        planner::ideas_worker::FUNCTION,
        planner::merge_worker::FUNCTION,
        writer::tasks::FUNCTION,
        writer::content::FUNCTION,
        writer::sources::FUNCTION,
        writer::generate::FUNCTION,
        writer::regenerate::FUNCTION,
        writer::variations::FUNCTION,
        writer::reparse::FUNCTION,
        writer::generate_worker::FUNCTION,
        writer::images::FUNCTION,
        writer::image_prompts_worker::FUNCTION,
        writer::images_worker::FUNCTION,
        thinker::api::FUNCTION,
        thinker::worker::FUNCTION,
        publisher::publish::FUNCTION,
        publisher::deploy_worker::FUNCTION,
        billing::account::FUNCTION,
        settings::FUNCTION,
        system::jobs::FUNCTION,
        system::events::FUNCTION,
        system::notices::FUNCTION,
        system::live::FUNCTION,
        system::feed::FUNCTION,
        system::status::FUNCTION,
        system::dead_letters::FUNCTION,
        system::sweep::FUNCTION,
        system::schedules::FUNCTION,
        system::schedule_worker::FUNCTION,
        system::tick::FUNCTION,
        system::stream::FUNCTION,
        system::mail::FUNCTION,
    ]
}
