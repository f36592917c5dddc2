//! Who may call what: the one table of all routes. The guard reads it, and so does the document.

use std::collections::BTreeSet;

use axum::http::Method;
use igny8_core::Role;
use utoipa::openapi::{OpenApi, PathItem, path::Operation};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone, without a token.
    Public,
    /// Who has this role or a higher one.
    Role(Role),
}

/// A route and who may call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The method, in capitals.
    pub method: &'static str,
    /// The path as the router has it, with parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
}

const fn public(method: &'static str, path: &'static str) -> Rule {
    Rule { method, path, access: Access::Public }
}

const fn rule(method: &'static str, path: &'static str, role: Role) -> Rule {
    Rule { method, path, access: Access::Role(role) }
}

use Role::{Admin, Editor, Viewer};

/// All routes. Reading asks for a viewer, writing content for an editor, what reaches outside of the tenant or concerns
/// the team for an admin, and what costs or ends the tenant for the owner.
pub const RULES: &[Rule] = &[
    // The document, health and keys: for clients that are not signed in yet, and for machines.
    public("GET", "/api/openapi.json"),
    public("GET", "/api/system/health"),
    public("GET", "/api/auth/jwks.json"),
    // Signing in.
    public("POST", "/api/auth/register"),
    public("POST", "/api/auth/login"),
    public("POST", "/api/auth/refresh"),
    // The refresh token is the proof; the access token has often expired by then.
    public("POST", "/api/auth/logout"),
    public("POST", "/api/auth/password-reset"),
    public("POST", "/api/auth/password-reset/confirm"),
    public("POST", "/api/auth/invitations/accept"),
    rule("POST", "/api/auth/switch", Viewer),
    rule("GET", "/api/auth/me", Viewer),
    // The team.
    rule("GET", "/api/auth/users", Viewer),
    rule("POST", "/api/auth/users", Admin),
    rule("GET", "/api/auth/users/{id}", Viewer),
    rule("PATCH", "/api/auth/users/{id}", Admin),
    // Everyone may leave; accounts asks for more to remove someone else.
    rule("DELETE", "/api/auth/users/{id}", Viewer),
    rule("GET", "/api/auth/users/invitations", Admin),
    rule("GET", "/api/auth/users/invitations/{id}", Admin),
    rule("DELETE", "/api/auth/users/invitations/{id}", Admin),
    rule("GET", "/api/auth/api-keys", Admin),
    rule("POST", "/api/auth/api-keys", Admin),
    rule("GET", "/api/auth/api-keys/{id}", Admin),
    rule("PATCH", "/api/auth/api-keys/{id}", Admin),
    rule("DELETE", "/api/auth/api-keys/{id}", Admin),
    // Sites and what groups them.
    rule("GET", "/api/auth/sites", Viewer),
    rule("POST", "/api/auth/sites", Admin),
    rule("GET", "/api/auth/sites/{id}", Viewer),
    rule("PATCH", "/api/auth/sites/{id}", Admin),
    rule("DELETE", "/api/auth/sites/{id}", Admin),
    rule("PATCH", "/api/auth/sites/{id}/settings", Admin),
    rule("GET", "/api/auth/sites/{id}/sectors", Viewer),
    rule("POST", "/api/auth/sites/{id}/sectors", Admin),
    rule("GET", "/api/auth/sites/{id}/sectors/{sector_id}", Viewer),
    rule("PATCH", "/api/auth/sites/{id}/sectors/{sector_id}", Admin),
    rule("DELETE", "/api/auth/sites/{id}/sectors/{sector_id}", Admin),
    rule("GET", "/api/auth/workspaces", Viewer),
    rule("POST", "/api/auth/workspaces", Admin),
    rule("GET", "/api/auth/workspaces/{id}", Viewer),
    rule("PATCH", "/api/auth/workspaces/{id}", Admin),
    rule("DELETE", "/api/auth/workspaces/{id}", Admin),
    // Planning.
    rule("GET", "/api/planner/keywords", Viewer),
    rule("POST", "/api/planner/keywords", Editor),
    rule("POST", "/api/planner/keywords/bulk", Editor),
    rule("GET", "/api/planner/keywords/duplicates", Viewer),
    rule("GET", "/api/planner/keywords/export", Viewer),
    rule("POST", "/api/planner/keywords/import", Editor),
    rule("POST", "/api/planner/keywords/import-url", Editor),
    rule("GET", "/api/planner/keywords/imports/{import_id}", Viewer),
    rule("POST", "/api/planner/keywords/imports/{import_id}/run", Editor),
    rule("GET", "/api/planner/keywords/{id}", Viewer),
    rule("PATCH", "/api/planner/keywords/{id}", Editor),
    rule("DELETE", "/api/planner/keywords/{id}", Editor),
    rule("GET", "/api/planner/clusters", Viewer),
    rule("POST", "/api/planner/clusters", Editor),
    rule("GET", "/api/planner/clusters/map", Viewer),
    rule("GET", "/api/planner/clusters/{id}", Viewer),
    rule("PATCH", "/api/planner/clusters/{id}", Editor),
    rule("DELETE", "/api/planner/clusters/{id}", Editor),
    rule("POST", "/api/planner/clusters/{id}/merge", Editor),
    rule("POST", "/api/planner/clusters/merges/{job_id}/undo", Editor),
    rule("POST", "/api/planner/clusters/{id}/split", Editor),
    rule("POST", "/api/planner/cluster", Editor),
    rule("GET", "/api/planner/ideas", Viewer),
    rule("POST", "/api/planner/ideas", Editor),
    rule("POST", "/api/planner/ideas/bulk", Editor),
    rule("POST", "/api/planner/ideas/generate", Editor),
    rule("POST", "/api/planner/ideas/queue", Editor),
    rule("GET", "/api/planner/ideas/{id}", Viewer),
    rule("PATCH", "/api/planner/ideas/{id}", Editor),
    rule("DELETE", "/api/planner/ideas/{id}", Editor),
    rule("POST", "/api/planner/ideas/{id}/merge", Editor),
    rule("POST", "/api/planner/ideas/{id}/unmerge", Editor),
    // Writing.
    rule("GET", "/api/writer/tasks", Viewer),
    rule("POST", "/api/writer/tasks", Editor),
    rule("GET", "/api/writer/tasks/{id}", Viewer),
    rule("PATCH", "/api/writer/tasks/{id}", Editor),
    rule("DELETE", "/api/writer/tasks/{id}", Editor),
    rule("POST", "/api/writer/generate", Editor),
    rule("POST", "/api/writer/regenerate", Editor),
    rule("POST", "/api/writer/variations", Editor),
    rule("POST", "/api/writer/reparse", Editor),
    rule("GET", "/api/writer/content", Viewer),
    rule("GET", "/api/writer/content/schemas", Viewer),
    rule("GET", "/api/writer/content/{id}", Viewer),
    rule("PATCH", "/api/writer/content/{id}", Editor),
    rule("GET", "/api/writer/content/{id}/claims", Viewer),
    rule("GET", "/api/writer/content/{id}/revisions", Viewer),
    rule("GET", "/api/writer/content/{id}/revisions/{n}", Viewer),
    rule("POST", "/api/writer/content/{id}/revisions/{n}/restore", Editor),
    rule("GET", "/api/writer/sources", Viewer),
    rule("POST", "/api/writer/sources", Editor),
    rule("GET", "/api/writer/sources/{id}", Viewer),
    rule("PATCH", "/api/writer/sources/{id}", Editor),
    rule("DELETE", "/api/writer/sources/{id}", Editor),
    rule("GET", "/api/writer/images", Viewer),
    rule("POST", "/api/writer/images/prompts", Editor),
    rule("POST", "/api/writer/images/generate", Editor),
    rule("POST", "/api/writer/images/uploads", Editor),
    rule("GET", "/api/writer/images/{id}", Viewer),
    rule("PATCH", "/api/writer/images/{id}", Editor),
    rule("DELETE", "/api/writer/images/{id}", Editor),
    rule("POST", "/api/writer/images/{id}/finish", Editor),
    rule("POST", "/api/writer/images/{id}/feature", Editor),
    rule("POST", "/api/writer/images/{id}/place", Editor),
    rule("POST", "/api/writer/images/{id}/remove", Editor),
    // How the models are asked. What costs is for those who write; what changes how everything is written, too.
    rule("GET", "/api/thinker/prompts", Viewer),
    rule("GET", "/api/thinker/prompts/{name}", Viewer),
    rule("PUT", "/api/thinker/prompts/{name}", Editor),
    rule("DELETE", "/api/thinker/prompts/{name}", Editor),
    rule("GET", "/api/thinker/prompts/{name}/versions", Viewer),
    rule("GET", "/api/thinker/prompts/{name}/versions/{n}", Viewer),
    rule("POST", "/api/thinker/prompts/{name}/versions/{n}/restore", Editor),
    rule("POST", "/api/thinker/prompts/{name}/versions/{n}/check", Editor),
    // The service asks for an admin where a version is not known to be good.
    rule("POST", "/api/thinker/prompts/{name}/versions/{n}/activate", Editor),
    rule("GET", "/api/thinker/author-profiles", Viewer),
    rule("POST", "/api/thinker/author-profiles", Editor),
    rule("GET", "/api/thinker/author-profiles/{id}", Viewer),
    rule("PUT", "/api/thinker/author-profiles/{id}", Editor),
    rule("DELETE", "/api/thinker/author-profiles/{id}", Editor),
    rule("GET", "/api/thinker/strategies", Viewer),
    rule("POST", "/api/thinker/strategies", Editor),
    rule("GET", "/api/thinker/strategies/{id}", Viewer),
    rule("PUT", "/api/thinker/strategies/{id}", Editor),
    rule("DELETE", "/api/thinker/strategies/{id}", Editor),
    rule("GET", "/api/thinker/models", Viewer),
    rule("GET", "/api/thinker/image-models", Viewer),
    rule("POST", "/api/thinker/test", Editor),
    rule("POST", "/api/thinker/test-images", Editor),
    rule("POST", "/api/thinker/draft", Editor),
    rule("GET", "/api/thinker/trials/{id}", Viewer),
    rule("GET", "/api/writer/content/{id}/variations", Viewer),
    rule("GET", "/api/writer/content/{id}/variations/{n}", Viewer),
    rule("DELETE", "/api/writer/content/{id}/variations/{n}", Editor),
    rule("POST", "/api/writer/content/{id}/variations/{n}/choose", Editor),
    rule("GET", "/api/writer/content/{id}/proposal", Viewer),
    rule("POST", "/api/writer/content/{id}/proposal/{n}", Editor),
    rule("DELETE", "/api/writer/content/{id}/proposal/{n}", Editor),
    rule("DELETE", "/api/writer/content/{id}/redirects/{slug}", Editor),
    // Money. The balance is on every page; the rest is for those who see the bills.
    public("GET", "/api/billing/plans"),
    rule("GET", "/api/billing/balance", Viewer),
    rule("GET", "/api/billing/transactions", Admin),
    rule("GET", "/api/billing/usage", Admin),
    // Settings: everyone may know the limits that hold for their work.
    rule("GET", "/api/settings/tenant", Viewer),
    rule("PATCH", "/api/settings/tenant", Admin),
    rule("GET", "/api/settings/ai-models", Admin),
    rule("PATCH", "/api/settings/ai-models", Admin),
    // Jobs.
    rule("GET", "/api/system/jobs", Viewer),
    rule("GET", "/api/system/jobs/{id}", Viewer),
    rule("GET", "/api/system/jobs/{id}/items", Viewer),
    rule("POST", "/api/system/jobs/{id}/cancel", Editor),
    rule("POST", "/api/system/jobs/{id}/retry", Editor),
    // What runs by itself spends the tenant's credits: an admin sets it up.
    rule("GET", "/api/system/schedules", Viewer),
    rule("POST", "/api/system/schedules/pause", Admin),
    rule("POST", "/api/system/schedules/resume", Admin),
    rule("GET", "/api/system/schedules/{site_id}/{function}", Viewer),
    rule("PATCH", "/api/system/schedules/{site_id}/{function}", Admin),
    rule("GET", "/api/system/schedules/{site_id}/{function}/preview", Viewer),
    rule("POST", "/api/system/schedules/{site_id}/{function}/run", Editor),
    // Watching: what is written is the caller's own ticket, and up to where they have read.
    rule("POST", "/api/system/events/ticket", Viewer),
    rule("GET", "/api/system/notices", Viewer),
    rule("POST", "/api/system/notices/read", Viewer),
    // Publishing.
    rule("POST", "/api/publish", Editor),
    rule("GET", "/api/publish/records", Viewer),
    rule("GET", "/api/publish/records/{id}", Viewer),
    rule("GET", "/api/publish/preview/{id}", Viewer),
    rule("GET", "/api/publish/deployments", Viewer),
    rule("GET", "/api/publish/deployments/{id}", Viewer),
    rule("POST", "/api/publish/deployments/{id}/rollback", Editor),
    rule("POST", "/api/publish/sites/{id}/deploy", Editor),
];

/// Who may call a route; none when it is not in the table.
pub fn find(rules: &[Rule], method: &str, path: &str) -> Option<Access> {
    rules.iter().find(|rule| rule.method == method && rule.path == path).map(|rule| rule.access)
}

/// The method under which a request is looked up: what answers GET answers HEAD too.
pub(crate) fn method_of(method: &Method) -> &str {
    if method == Method::HEAD { "GET" } else { method.as_str() }
}

/// Every operation of a document, with its method in capitals.
pub(crate) fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("PATCH", &mut item.patch),
        ("HEAD", &mut item.head),
        ("OPTIONS", &mut item.options),
        ("TRACE", &mut item.trace),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The routes of a document, as (method, path).
pub fn routes_of(document: &OpenApi) -> BTreeSet<(&'static str, String)> {
    let mut routes = BTreeSet::new();
    for (path, item) in &document.paths.paths {
        for (method, _) in operations(&mut item.clone()) {
            routes.insert((method, path.clone()));
        }
    }
    routes
}

/// Where the table and a document differ, one sentence each; empty when they say the same.
///
/// The functions test this with the document of all their routers.
pub fn differences(document: &OpenApi) -> Vec<String> {
    let routes = routes_of(document);
    let missing = routes
        .iter()
        .filter(|(method, path)| find(RULES, method, path).is_none())
        .map(|(method, path)| format!("{method} {path} is served, but access.rs does not say who may call it"));
    let unserved = RULES
        .iter()
        .filter(|rule| !routes.contains(&(rule.method, rule.path.to_owned())))
        .map(|rule| format!("{} {} is in access.rs, but no function serves it", rule.method, rule.path));
    missing.chain(unserved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_stands_once_and_public_are_only_those_of_the_contract() {
        let mut seen = BTreeSet::new();
        for rule in RULES {
            assert!(seen.insert((rule.method, rule.path)), "{} {} stands twice", rule.method, rule.path);
            assert!(rule.path.starts_with("/api/"));
            let reads = rule.method == "GET";
            if let Access::Role(role) = rule.access {
                let own = rule.path.starts_with("/api/auth/")
                    || ["/api/system/events/ticket", "/api/system/notices/read"].contains(&rule.path);
                assert!(reads || role > Viewer || own, "{} is too open", rule.path);
            }
        }
        let open: Vec<_> =
            RULES.iter().filter(|rule| rule.access == Access::Public).map(|rule| (rule.method, rule.path)).collect();
        insta::assert_json_snapshot!(open);
    }

    #[test]
    fn roles_are_ordered_as_the_guard_needs_them() {
        let order = [Viewer, Role::SystemBot, Editor, Admin, Role::Owner];
        assert!(order.is_sorted());
    }
}
