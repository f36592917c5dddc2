//! Groups keywords by the significant words that they share, rare ones counting more.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{enumerated, stem, title_case, topical, words};
use crate::shapes::{ClusterInput, ClusterOut, ClusterOutput};

/// Keywords (and groups of them, on average) at least this similar belong together.
const SIMILAR: f64 = 0.30;
/// A keyword at least this similar to an existing cluster's name joins it.
const JOINS: f64 = 0.45;
/// A group does not grow beyond this.
const MAX_GROUP: usize = 15;
/// More keywords than this are grouped in slices; a request has at most 50.
const SLICE: usize = 200;

struct Entry {
    number: u32,
    keyword: String,
    stems: BTreeSet<String>,
}

pub(super) fn answer(input: &ClusterInput) -> ClusterOutput {
    let entries: Vec<Entry> = input
        .keywords
        .iter()
        .map(|keyword| Entry {
            number: keyword.id_no,
            keyword: words(&keyword.keyword).join(" "),
            stems: topical(&keyword.keyword).iter().map(|word| stem(word)).collect(),
        })
        .collect();
    let weights = weights(&entries);
    let mut clusters = Vec::<ClusterOut>::new();
    let mut rest = Vec::new();

    let existing: Vec<(&str, &str, BTreeSet<String>)> = input
        .existing_clusters
        .iter()
        .map(|cluster| {
            let stems = topical(&cluster.name).iter().map(|word| stem(word)).collect();
            (cluster.name.as_str(), cluster.description.as_deref().unwrap_or_default(), stems)
        })
        .collect();
    for entry in entries {
        let best = existing
            .iter()
            .map(|cluster| {
                let whole = !cluster.2.is_empty() && cluster.2.is_subset(&entry.stems);
                (if whole { 1.0 } else { similarity(&cluster.2, &entry.stems, &weights) }, cluster)
            })
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match best {
            Some((score, (name, description, _))) if score >= JOINS => {
                if let Some(cluster) = clusters.iter_mut().find(|cluster| cluster.name == *name) {
                    cluster.keywords.push(entry.number);
                } else {
                    clusters.push(ClusterOut {
                        name: (*name).to_owned(),
                        description: (*description).to_owned(),
                        keywords: vec![entry.number],
                    });
                }
            }
            _ => rest.push(entry),
        }
    }
    let mut slices = rest.into_iter().peekable();
    while slices.peek().is_some() {
        let slice: Vec<Entry> = slices.by_ref().take(SLICE).collect();
        for group in groups(slice, &weights) {
            add(&mut clusters, &group, &weights);
        }
    }
    for cluster in &mut clusters {
        cluster.keywords.sort_unstable();
    }
    ClusterOutput { clusters }
}

/// How much each stem says: the rarer in this list, the more.
fn weights(entries: &[Entry]) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::<String, usize>::new();
    for stem in entries.iter().flat_map(|entry| &entry.stems) {
        *counts.entry(stem.clone()).or_default() += 1;
    }
    let all = entries.len() as f64;
    // A word that only one keyword has sets it apart from all others alike, so it says little about which are near.
    let weight = |count: usize| if count == 1 { 0.7 } else { (1.0 + all / count as f64).ln() };
    counts.into_iter().map(|(stem, count)| (stem, weight(count))).collect()
}

/// Weighted share of common stems (Jaccard).
fn similarity(a: &BTreeSet<String>, b: &BTreeSet<String>, weights: &BTreeMap<String, f64>) -> f64 {
    let weight = |stem: &String| weights.get(stem).copied().unwrap_or(1.0);
    let common: f64 = a.intersection(b).map(weight).sum();
    let all: f64 = a.union(b).map(weight).sum();
    if all > 0.0 { common / all } else { 0.0 }
}

/// Joins the two most similar groups, by the average over their members, while they are similar enough.
fn groups(entries: Vec<Entry>, weights: &BTreeMap<String, f64>) -> Vec<Vec<Entry>> {
    let count = entries.len();
    let mut pairs: Vec<Vec<f64>> =
        entries.iter().map(|a| entries.iter().map(|b| similarity(&a.stems, &b.stems, weights)).collect()).collect();
    let mut groups: Vec<Vec<Entry>> = entries.into_iter().map(|entry| vec![entry]).collect();
    loop {
        let mut best = (SIMILAR, 0, 0);
        for a in 0..count {
            for b in a + 1..count {
                let fits =
                    !groups[a].is_empty() && !groups[b].is_empty() && groups[a].len() + groups[b].len() <= MAX_GROUP;
                if fits && pairs[a][b] > best.0 {
                    best = (pairs[a][b], a, b);
                }
            }
        }
        let (_, a, b) = best;
        if a == b {
            break;
        }
        let (weight_a, weight_b) = (groups[a].len() as f64, groups[b].len() as f64);
        let joined: Vec<f64> = pairs[a]
            .iter()
            .zip(&pairs[b])
            .map(|(to_a, to_b)| (to_a * weight_a + to_b * weight_b) / (weight_a + weight_b))
            .collect();
        for (row, value) in pairs.iter_mut().zip(&joined) {
            row[a] = *value;
        }
        pairs[a] = joined;
        let moved = std::mem::take(&mut groups[b]);
        groups[a].extend(moved);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Adds a group under the name that says most about it; a name that is taken takes the group in.
fn add(clusters: &mut Vec<ClusterOut>, group: &[Entry], weights: &BTreeMap<String, f64>) {
    let mut counts = BTreeMap::<&str, f64>::new();
    for stem in group.iter().flat_map(|entry| &entry.stems) {
        *counts.entry(stem).or_default() += 1.0;
    }
    let half = group.len() as f64 / 2.0;
    let shared: BTreeSet<&str> = counts.iter().filter(|(_, count)| **count > half).map(|(stem, _)| *stem).collect();
    let strongest = counts.iter().max_by(|a, b| {
        let value = |(stem, count): (&&str, &f64)| *count * weights.get(*stem).copied().unwrap_or(1.0);
        value(*a).total_cmp(&value(*b))
    });
    // The shortest keyword that has what the group shares lends its words to the name.
    let wanted: BTreeSet<&str> =
        if shared.is_empty() { strongest.map(|(stem, _)| *stem).into_iter().collect() } else { shared };
    let model = group
        .iter()
        .filter(|entry| wanted.iter().all(|stem| entry.stems.contains(*stem)))
        .min_by_key(|entry| entry.keyword.len())
        .unwrap_or(&group[0]);
    let name: Vec<&str> =
        model.keyword.split(' ').filter(|word| wanted.contains(stem(word).as_str())).take(5).collect();
    let name = if name.is_empty() { model.keyword.clone() } else { name.join(" ") };
    let name = title_case(&name);
    let numbers = group.iter().map(|entry| entry.number);
    if let Some(cluster) = clusters.iter_mut().find(|cluster| cluster.name == name) {
        cluster.keywords.extend(numbers);
        return;
    }
    let examples: Vec<String> = group.iter().take(3).map(|entry| entry.keyword.clone()).collect();
    let description = format!("Searches about {}, such as {}.", name.to_lowercase(), enumerated(&examples));
    clusters.push(ClusterOut { name, description, keywords: numbers.collect() });
}
