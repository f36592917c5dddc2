"""Our clustering beside scikit-learn's, on 5,000 labelled queries; and the pace of preparing 10,000.

Ours goes through the whole service, from the API to the workers; the offline provider stands in for the model and groups
the words that it is told. Theirs is told what ours is not: how many clusters there are, or even the labels, of which the
best threshold is taken.

Arguments: banking77_train.csv.gz, the example `clustering` of igny8-up, the example `pace` of igny8-similarity.
"""

import collections
import csv
import gzip
import re
import resource
import subprocess
import sys
import time

from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.neighbors import NearestNeighbors


# What preparing 10,000 keywords may take.
MILLIS = 2_000
KILOBYTES = 300_000


def purity(labels, found):
    clusters = collections.defaultdict(collections.Counter)
    for label, cluster in zip(labels, found):
        clusters[cluster][label] += 1
    return sum(max(counts.values()) for counts in clusters.values()) / len(labels)


def told(name, labels, found):
    ari = adjusted_rand_score(labels, found)
    nmi = normalized_mutual_info_score(labels, found)
    print(f"{name:62} {len(set(found)):5} clusters  ARI {ari:.3f}  NMI {nmi:.3f}  purity {purity(labels, found):.3f}")
    return ari


def through(command, texts):
    command = command if isinstance(command, list) else [command]
    done = subprocess.run(command, input="\n".join(texts), stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split("\n")[:-1]


def cut(tree, threshold):
    return fcluster(tree, threshold, "distance")


def main(data, service, pace):
    with gzip.open(data, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    queries = [" ".join(row["text"].split()) for row in rows]
    # Every second row: the rows between chose the constants.
    texts, labels = queries[::2][:5000], [row["category"] for row in rows][::2][:5000]

    ours = told("ours through the service, offline model", labels, through(service, texts))
    best = of_labels = 0.0
    for name, vectorizer in [
        ("words", TfidfVectorizer()),
        ("letters 3-5", TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)),
    ]:
        vectors = vectorizer.fit_transform(texts)
        distances = 1 - (vectors @ vectors.T).toarray().clip(0, 1)
        count = len(set(labels))
        linked = AgglomerativeClustering(n_clusters=count, linkage="average", metric="precomputed")
        found = linked.fit_predict(distances)
        best = max(best, told(f"TF-IDF of {name}, average linkage, told that there are {count}", labels, found))
        # The same tree, cut at many heights.
        tree = linkage(squareform(distances, checks=False), "average")
        thresholds = [n / 100 for n in range(50, 100)]
        threshold = max(thresholds, key=lambda threshold: adjusted_rand_score(labels, cut(tree, threshold)))
        name = f"TF-IDF of {name}, average linkage, {threshold} picked by the labels"
        of_labels = max(of_labels, told(name, labels, cut(tree, threshold)))
    print(f"ours / theirs: {ours / best:.2f}; ours / theirs with the labels: {ours / of_labels:.2f}")

    texts = queries[:10_000]
    prepared = through(pace, texts)
    print("ours:", "\n      ".join(prepared))
    for line in through([sys.executable, __file__], texts):
        print("theirs:", line)
    millis, kilobytes = (int(number) for number in re.search(r"(\d+) ms, peak (\d+) kB", prepared[0]).groups())
    if millis >= MILLIS or kilobytes >= KILOBYTES:
        print(f"FAILED: 10,000 keywords are to be prepared in {MILLIS} ms and {KILOBYTES} kB")
        return 1
    return 0 if ours >= best else 1


def neighbours(texts):
    """The pace of scikit-learn, in a process of its own because of its memory."""
    start = time.perf_counter()
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True).fit_transform(texts)
    NearestNeighbors(n_neighbors=16, metric="cosine").fit(vectors).kneighbors(vectors)
    millis = (time.perf_counter() - start) * 1000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"scikit-learn, TF-IDF and neighbours only, {len(texts)} texts, {millis:.0f} ms, peak {peak} kB")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        neighbours(sys.stdin.read().split("\n"))
    else:
        sys.exit(main(*sys.argv[1:]))
