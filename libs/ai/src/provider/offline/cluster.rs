//! Groups keywords that are alike, and puts a group into an existing cluster that is like it.

use std::collections::{BTreeMap, BTreeSet};

use igny8_similarity::{Corpus, Graph, Vector, groups};

use super::words::{enumerated, stem, title_case, topical, words};
use crate::shapes::{ClusterInput, ClusterOut, ClusterOutput};

/// How many neighbours of a keyword count among the few of one request.
const NEIGHBOURS: usize = 8;
/// The mean similarity within a group, over all of its pairs, is at least this.
const SIMILAR: f32 = 0.04;
/// A group at least this similar to an existing cluster's name and description joins it.
const JOINS: f32 = 0.40;

struct Entry {
    number: u32,
    keyword: String,
    stems: BTreeSet<String>,
}

pub(super) fn answer(input: &ClusterInput) -> ClusterOutput {
    let about: Vec<String> = input.keywords.iter().map(|keyword| topical(&keyword.keyword).join(" ")).collect();
    let existing: Vec<String> = input
        .existing_clusters
        .iter()
        .map(|cluster| {
            topical(&format!("{} {}", cluster.name, cluster.description.as_deref().unwrap_or_default())).join(" ")
        })
        .collect();
    let corpus = Corpus::new(&[about.as_slice(), existing.as_slice()].concat());
    let (vectors, known) = corpus.vectors().split_at(about.len());
    let entries: Vec<Entry> = input
        .keywords
        .iter()
        .map(|keyword| Entry {
            number: keyword.id_no,
            keyword: words(&keyword.keyword).join(" "),
            stems: topical(&keyword.keyword).iter().map(|word| stem(word)).collect(),
        })
        .collect();
    let of_keyword = groups(&kin(&about, &entries), SIMILAR);
    let mut groups: BTreeMap<u32, (Vec<&Vector>, Vec<Entry>)> = BTreeMap::new();
    for ((entry, vector), group) in entries.into_iter().zip(vectors).zip(of_keyword) {
        let group = groups.entry(group).or_default();
        group.0.push(vector);
        group.1.push(entry);
    }
    let weights = weights(groups.values().flat_map(|(_, entries)| entries));
    let mut clusters = Vec::<ClusterOut>::new();
    for (vectors, group) in groups.values() {
        let middle = Vector::middle(vectors.iter().copied());
        let best = known.iter().map(|cluster| cluster.cosine(&middle)).enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        match best {
            Some((at, near)) if near >= JOINS => {
                let cluster = &input.existing_clusters[at];
                put(&mut clusters, &cluster.name, group, || cluster.description.clone().unwrap_or_default());
            }
            _ => add(&mut clusters, group, &weights),
        }
    }
    for cluster in &mut clusters {
        cluster.keywords.sort_unstable();
    }
    ClusterOutput { clusters }
}

/// Who is near whom. Letters alone do not make two keywords kin: they must share a word, too.
fn kin(about: &[String], entries: &[Entry]) -> Graph {
    let mut neighbours = Corpus::new(about).neighbours(NEIGHBOURS);
    for (near, entry) in neighbours.iter_mut().zip(entries) {
        near.retain(|other| !entry.stems.is_disjoint(&entries[other.text as usize].stems));
    }
    Graph::of(&neighbours)
}

/// How much each stem says: the rarer in this list, the more.
fn weights<'a>(entries: impl Iterator<Item = &'a Entry> + Clone) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::<String, usize>::new();
    for stem in entries.clone().flat_map(|entry| &entry.stems) {
        *counts.entry(stem.clone()).or_default() += 1;
    }
    let all = entries.count() as f64;
    // A word that only one keyword has sets it apart from all others alike, so it says little about which are near.
    let weight = |count: usize| if count == 1 { 0.7 } else { (1.0 + all / count as f64).ln() };
    counts.into_iter().map(|(stem, count)| (stem, weight(count))).collect()
}

/// Puts a group into the cluster of a name, which is there or is made.
fn put(clusters: &mut Vec<ClusterOut>, name: &str, group: &[Entry], description: impl FnOnce() -> String) {
    let numbers = group.iter().map(|entry| entry.number);
    if let Some(cluster) = clusters.iter_mut().find(|cluster| cluster.name == name) {
        cluster.keywords.extend(numbers);
    } else {
        clusters.push(ClusterOut { name: name.to_owned(), description: description(), keywords: numbers.collect() });
    }
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
    put(clusters, &name, group, || {
        let examples: Vec<String> = group.iter().take(3).map(|entry| entry.keyword.clone()).collect();
        format!("Searches about {}, such as {}.", name.to_lowercase(), enumerated(&examples))
    });
}
