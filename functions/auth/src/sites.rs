//! `/api/auth/sites`: sites, their settings and their sectors.

use axum::{Json, extract::State, response::Response};
use igny8_accounts::{
    Accounts, HostingType, Sector, SectorCreate, SectorPatch, Site, SiteCreate, SitePatch, SiteQuery, SiteSettingsPatch,
};
use igny8_api::{Body, Caller, Created, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_app::HTTP_NEEDS;
use igny8_core::{Page, SectorId, SiteId, WorkspaceId};
use igny8_lambda::FunctionSpec;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::paging;

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "auth-sites",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::accounts(app))),
};

/// The routes.
pub fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(update_settings))
        .routes(routes!(list_sectors, create_sector))
        .routes(routes!(get_sector, update_sector, delete_sector))
        .with_state(accounts)
}

/// Which sites.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only of this workspace.
    workspace_id: Option<WorkspaceId>,
    /// Only those that live there.
    hosting_type: Option<HostingType>,
}

/// The sites that the caller may see, oldest first.
#[utoipa::path(get, path = "/api/auth/sites", params(ListParams, Filter), responses((status = 200, body = Page<Site>)))]
async fn list(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<Site>>, Failure> {
    let query = SiteQuery { workspace_id: list.filter.workspace_id, hosting_type: list.filter.hosting_type };
    Ok(Json(accounts.sites(&ctx, &query, paging(&list, "created_at")?).await?))
}

/// Makes a site. It gets a host of its own, under which its pages are public once they are published.
#[utoipa::path(
    post, path = "/api/auth/sites",
    request_body(content = SiteCreate, example = json!({
        "name": "Taller Ana", "domain": "www.taller-ana.example", "site_type": "blog", "hosting_type": "igny8",
        "industry": "Car repair", "locale": "es"
    })),
    responses((status = 201, body = Site))
)]
async fn create(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Body(new): Body<SiteCreate>,
) -> Result<Created<Site>, Failure> {
    Ok(Created(accounts.create_site(&ctx, new).await?))
}

/// A site.
#[utoipa::path(
    get, path = "/api/auth/sites/{id}", params(("id" = SiteId, Path)),
    responses((status = 200, body = Site))
)]
async fn get(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<SiteId>,
) -> Result<Response, Failure> {
    let site = accounts.site(&ctx, id).await?;
    Ok(versioned(site.version, site))
}

/// Changes a site. Its host stays; another domain must be verified anew.
#[utoipa::path(
    patch, path = "/api/auth/sites/{id}", params(("id" = SiteId, Path)),
    request_body(content = SitePatch, example = json!({ "name": "Taller Ana e hijos", "industry": null })),
    responses((status = 200, body = Site))
)]
async fn update(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<SiteId>,
    IfMatch(version): IfMatch,
    Body(change): Body<SitePatch>,
) -> Result<Response, Failure> {
    let site = accounts.change_site(&ctx, id, change, version).await?;
    Ok(versioned(site.version, site))
}

/// Deletes a site: it is off the net at once, and its host and domain are free again.
#[utoipa::path(
    delete, path = "/api/auth/sites/{id}", params(("id" = SiteId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<SiteId>,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    accounts.delete_site(&ctx, id, version).await?;
    Ok(no_content())
}

/// Changes how a site is to be treated.
#[utoipa::path(
    patch, path = "/api/auth/sites/{id}/settings", params(("id" = SiteId, Path)),
    request_body(content = SiteSettingsPatch, example = json!({ "review": "first_n", "review_first": 10 })),
    responses((status = 200, body = Site))
)]
async fn update_settings(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<SiteId>,
    IfMatch(version): IfMatch,
    Body(change): Body<SiteSettingsPatch>,
) -> Result<Response, Failure> {
    let site = accounts.change_site_settings(&ctx, id, change, version).await?;
    Ok(versioned(site.version, site))
}

/// The sectors of a site, oldest first.
#[utoipa::path(
    get, path = "/api/auth/sites/{id}/sectors", params(("id" = SiteId, Path), ListParams),
    responses((status = 200, body = Page<Sector>))
)]
async fn list_sectors(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(site): Path<SiteId>,
    list: List,
) -> Result<Json<Page<Sector>>, Failure> {
    Ok(Json(accounts.sectors(&ctx, site, paging(&list, "created_at")?).await?))
}

/// Makes a sector of a site.
#[utoipa::path(
    post, path = "/api/auth/sites/{id}/sectors", params(("id" = SiteId, Path)),
    request_body(content = SectorCreate, example = json!({ "name": "Brakes", "description": "Pads, discs and fluid" })),
    responses((status = 201, body = Sector))
)]
async fn create_sector(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(site): Path<SiteId>,
    Body(new): Body<SectorCreate>,
) -> Result<Created<Sector>, Failure> {
    Ok(Created(accounts.create_sector(&ctx, site, new).await?))
}

/// A sector of a site.
#[utoipa::path(
    get, path = "/api/auth/sites/{id}/sectors/{sector_id}",
    params(("id" = SiteId, Path), ("sector_id" = SectorId, Path)),
    responses((status = 200, body = Sector))
)]
async fn get_sector(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path((site, id)): Path<(SiteId, SectorId)>,
) -> Result<Response, Failure> {
    let sector = accounts.sector(&ctx, site, id).await?;
    Ok(versioned(sector.version, sector))
}

/// Changes a sector.
#[utoipa::path(
    patch, path = "/api/auth/sites/{id}/sectors/{sector_id}",
    params(("id" = SiteId, Path), ("sector_id" = SectorId, Path)),
    request_body(content = SectorPatch, example = json!({ "name": "Brakes and clutches", "description": null })),
    responses((status = 200, body = Sector))
)]
async fn update_sector(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path((site, id)): Path<(SiteId, SectorId)>,
    IfMatch(version): IfMatch,
    Body(change): Body<SectorPatch>,
) -> Result<Response, Failure> {
    let sector = accounts.change_sector(&ctx, site, id, change, version).await?;
    Ok(versioned(sector.version, sector))
}

/// Removes a sector. Keywords, tasks and content of it stay, without a sector.
#[utoipa::path(
    delete, path = "/api/auth/sites/{id}/sectors/{sector_id}",
    params(("id" = SiteId, Path), ("sector_id" = SectorId, Path)),
    responses((status = 204))
)]
async fn delete_sector(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path((site, id)): Path<(SiteId, SectorId)>,
) -> Result<Response, Failure> {
    accounts.delete_sector(&ctx, site, id).await?;
    Ok(no_content())
}
