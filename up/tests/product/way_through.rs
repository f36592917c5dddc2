//! From a keyword file to a public page, through the real API, the real queues and the real table code.

use crate::common::Cloud;
use hyper::Method;
use serde_json::{Value, json};

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

const FILE: &str = "Keyword;Volume;KD;CPC;Intent\n\
    brake pads;1.300;34;1,20;commercial\n\
    best brake pads;900;40;1,50;commercial\n\
    change brake pads;700;21;;informational\n\
    how to change brake pads;600;18;;informational\n\
    oil change;2.400;30;2,10;transactional\n\
    oil change near me;1.900;25;2,30;transactional\n\
    oil change cost;1.100;22;;commercial\n\
    wheel alignment;800;28;1,70;informational\n\
    wheel alignment cost;500;24;;commercial\n\
    brake pads;10;1;;\n\
    bad line;-5;3;;\n\
    ;;;;\n";

#[tokio::test(flavor = "multi_thread")]
async fn from_a_keyword_file_to_a_public_page() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "200")]).await;
    let ana = cloud.owner("ana").await;
    let (site, host) = ana.site("Taller Ana").await;

    // The file: nine keywords, one twice, one damaged line, one empty.
    let path = format!("/api/planner/keywords/import?site_id={site}");
    let csv = [("content-type", "text/csv")];
    let report = ana.call(Method::POST, &path, Some(FILE.into()), &csv).await.good();
    assert_eq!((report["created"].as_u64(), report["duplicates"].as_u64()), (Some(9), Some(1)), "{report:#}");
    assert_eq!(report["rejected"][0]["line"], 12, "{report:#}");
    let again = ana.call(Method::POST, &path, Some(FILE.into()), &csv).await.good();
    assert_eq!((again["created"].as_u64(), again["updated"].as_u64()), (Some(0), Some(0)), "{again:#}");

    // Clusters.
    let all_new = json!({ "site_id": site, "all_new": true });
    let estimate = ana.post("/api/planner/cluster?estimate=true", &all_new).await.good();
    assert_eq!(estimate, json!({ "credits": 1, "items": 1 }));
    let job = ana.job("/api/planner/cluster", &all_new).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(job["credits"], json!({ "reserved": 0, "charged": 1, "refunded": 0 }));
    let clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    assert!(clusters.len() >= 2, "{clusters:#?}");
    let counted: u64 = clusters.iter().map(|cluster| cluster["keyword_count"].as_u64().unwrap()).sum();
    assert_eq!(counted, 9);
    let keywords = ana.all(&format!("/api/planner/keywords?site_id={site}&status=clustered")).await;
    assert_eq!(keywords.len(), 9);

    // Ideas, each with an outline.
    let ideas = json!({ "cluster_ids": ids(&clusters), "per_cluster": 2 });
    let job = ana.job("/api/planner/ideas/generate", &ideas).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let ideas = ana.all(&format!("/api/planner/ideas?site_id={site}")).await;
    assert_eq!(job["credits"]["charged"].as_u64().unwrap(), ideas.len() as u64);
    assert!(ideas.iter().all(|idea| idea["outline"].as_array().unwrap().len() >= 3));

    // Tasks, and articles that follow the outline of their idea.
    let chosen = &ids(&ideas)[..3];
    let tasks = ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": chosen })).await.good();
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": tasks["task_ids"] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(job["credits"]["charged"], 9);
    let contents = ana.all(&format!("/api/writer/content?site_id={site}")).await;
    assert_eq!(contents.len(), 3);
    for content in &contents {
        let id = content["id"].as_str().unwrap();
        let view = ana.get(&format!("/api/writer/content/{id}")).await.good();
        let idea = ideas.iter().find(|idea| idea["id"] == view["idea_id"]).unwrap();
        let html = view["html"].as_str().unwrap();
        let heading = idea["outline"][0]["heading"].as_str().unwrap();
        let text = heading.replace('&', "&amp;");
        assert!(html.contains(&text), "the outline's “{heading}” is not in the article: {html}");
    }

    // An edit makes a revision; an older one can be restored; a stale version is refused.
    let id = contents[0]["id"].as_str().unwrap();
    let path = format!("/api/writer/content/{id}");
    let before = ana.get(&path).await.good();
    let mut blocks = before["blocks"].clone();
    blocks.as_array_mut().unwrap().push(json!({ "type": "paragraph", "text": "Written by Ana." }));
    let edited = ana.patch(&path, &json!({ "blocks": blocks, "title": "Ana's own title" })).await.good();
    assert_eq!((edited["revision"].as_u64(), edited["version"].as_u64()), (Some(2), Some(2)));
    assert!(edited["html"].as_str().unwrap().contains("Written by Ana."));
    let stale = ana
        .call(Method::PATCH, &path, Some(json!({ "title": "x" }).to_string().into()), &[("if-match", "\"1\"")])
        .await
        .bad(409);
    assert_eq!(stale["code"], "version_mismatch", "{stale:#}");
    let restored = ana.post(&format!("{path}/revisions/1/restore"), &json!({})).await.good();
    assert_eq!((restored["blocks"].clone(), restored["revision"].as_u64()), (before["blocks"].clone(), Some(3)));
    let revisions = ana.all(&format!("{path}/revisions")).await;
    assert_eq!(revisions.len(), 3);
    assert_eq!(ana.patch(&path, &json!({ "status": "approved" })).await.good()["status"], "approved");

    // The public page.
    let publish = json!({ "content_ids": ids(&contents), "destinations": ["igny8"] });
    let job = ana.job("/api/publish", &publish).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let content = ana.get(&path).await.good();
    assert_eq!(content["status"], "published");
    let url = content["destinations"]["igny8"]["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{host}.localhost:")), "{url}");
    let slug = content["slug"].as_str().unwrap();
    let page = cloud.page(&format!("{host}.localhost"), &format!("/{slug}")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let page = page.text();
    for part in ["<h1", "rel=\"canonical\"", "application/ld+json", "name=\"description\"", "<article"] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    for file in ["/", "/sitemap.xml", "/feed.xml", "/robots.txt"] {
        let answer = cloud.page(&format!("{host}.localhost"), file).await;
        assert_eq!(answer.status, 200, "{file}");
    }
    assert_eq!(cloud.page(&format!("{host}.localhost"), "/not-there").await.status, 404);
    let sitemap = cloud.page(&format!("{host}.localhost"), "/sitemap.xml").await.text();
    assert!(sitemap.contains(url), "{sitemap}");

    let deployments = ana.all(&format!("/api/publish/deployments?site_id={site}")).await;
    assert_eq!((deployments.len(), deployments[0]["live"].as_bool()), (1, Some(true)));
    assert_eq!(ana.all(&format!("/api/publish/records?site_id={site}")).await.len(), 3);
    cloud.check(&[&ana]).await;
}
