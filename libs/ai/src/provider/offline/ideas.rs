//! Ideas for pages around a cluster: a kind of page for each, with an outline that fits the kind.

use std::collections::BTreeSet;

use super::{
    Dice,
    words::{capitalized, title_case},
};
use crate::shapes::{IdeaOut, IdeasInput, IdeasOutput, Section};

/// A kind of page. `{k}` is the keyword that the idea serves first, `{c}` the cluster's name.
struct Kind {
    structure: &'static str,
    entity_type: &'static str,
    titles: &'static [&'static str],
    angle: &'static str,
    audience: &'static str,
    words: u32,
    sections: &'static [(&'static str, [&'static str; 3])],
}

const KINDS: [Kind; 8] = [
    Kind {
        structure: "guide",
        entity_type: "post",
        titles: &["{K}: A Practical Guide", "{K}, Explained Step by Step", "How to Get {K} Right"],
        angle: "Goes through the decisions in the order in which they come up, with a check at the end of each.",
        audience: "People who deal with {k} for the first time",
        words: 1300,
        sections: &[
            (
                "What {k} really involves",
                ["the question behind the search", "what is part of it and what is not", "words worth knowing"],
            ),
            ("Before you start", ["what to have at hand", "what to find out first", "how much time to plan"]),
            ("The first steps", ["a small start", "what to look at while doing it", "when to stop and check"]),
            ("Choices that matter", ["where options differ", "what can wait", "how to decide without regret"]),
            ("Mistakes that cost time", ["skipping the basics", "copying somebody else's setup", "judging too early"]),
            ("How to tell that it works", ["signs to watch", "a simple record", "what to change first"]),
            ("Keeping it up", ["a routine that lasts", "when to look again", "where to get help"]),
        ],
    },
    Kind {
        structure: "comparison",
        entity_type: "post",
        titles: &["{K} Compared: What Sets the Options Apart", "Which {K}? The Options Side by Side"],
        angle: "Compares by the situations in which people choose, not by a list of features.",
        audience: "People who are about to choose among several options",
        words: 1200,
        sections: &[
            (
                "Who needs which kind of {k}",
                ["typical situations", "needs that are easily missed", "what does not matter"],
            ),
            (
                "What to compare by",
                ["three criteria that decide", "criteria that sound good only", "how to weigh them"],
            ),
            ("The options side by side", ["where they are alike", "where they differ", "what each is made for"]),
            ("Costs that show later", ["upkeep", "replacement", "time spent learning"]),
            ("How to test before you decide", ["a trial at home", "questions to ask a seller", "what to note down"]),
            ("A decision in five minutes", ["rule out", "rank", "choose and stop searching"]),
        ],
    },
    Kind {
        structure: "listicle",
        entity_type: "post",
        titles: &["7 Things to Know About {K}", "9 Honest Answers About {K}", "6 Checks for {K} Before You Decide"],
        angle: "Each item is a check that the reader can do at once.",
        audience: "Readers who want the essentials fast",
        words: 1000,
        sections: &[
            (
                "Know what you want from {k}",
                ["the goal in a sentence", "what would be too much", "who else it concerns"],
            ),
            ("Look at what you have", ["things to keep", "things to replace", "what is missing"]),
            ("Set a limit first", ["money", "time", "effort"]),
            ("Ask somebody who did it", ["good questions", "where to find them", "how to read reviews"]),
            ("Start with the part that changes most", ["how to find it", "how to measure it", "what to leave alone"]),
            ("Write down what happens", ["a short log", "when to look at it", "what to learn from it"]),
            ("Decide when to stop", ["good enough", "signs of too much", "what comes next"]),
        ],
    },
    Kind {
        structure: "article",
        entity_type: "post",
        titles: &["What Nobody Tells You About {K}", "{K}: The Questions Behind the Search", "Understanding {K}"],
        angle: "Starts from the questions that people ask and says plainly what depends on what.",
        audience: "Curious readers who want to understand before they act",
        words: 1100,
        sections: &[
            ("Why people look for {k}", ["the occasion", "the worry behind it", "what they hope for"]),
            ("The short answer", ["in one paragraph", "where it holds", "where it does not"]),
            ("What it depends on", ["your situation", "the surroundings", "time"]),
            ("A closer look", ["how it works", "an example from everyday life", "what is often mixed up"]),
            ("What to do with it", ["one thing to do today", "one thing to plan", "one thing to leave"]),
            ("Open questions", ["what is not settled", "how to find out", "whom to ask"]),
        ],
    },
    Kind {
        structure: "cluster_hub",
        entity_type: "page",
        titles: &["{C}: Everything in One Place", "{C}: Start Here"],
        angle: "A way in: says what there is to know in each part and leads on.",
        audience: "Anyone new to the topic",
        words: 900,
        sections: &[
            ("What belongs to {c}", ["the parts of the topic", "how they hang together", "where to begin"]),
            ("For beginners", ["first questions", "first steps", "first mistakes"]),
            ("For those who choose", ["criteria", "comparisons", "checks"]),
            ("For those who go deeper", ["details", "exceptions", "tools"]),
            ("Frequent questions about {c}", ["short answers", "where to read more", "what depends on you"]),
            ("What to read next", ["by situation", "by question", "by time at hand"]),
        ],
    },
    Kind {
        structure: "review",
        entity_type: "post",
        titles: &["{K} Reviewed: How to Judge for Yourself", "Is {K} Worth It? How to Find Out"],
        angle: "Gives the reader a way to judge instead of a verdict.",
        audience: "People who have seen an offer and hesitate",
        words: 1100,
        sections: &[
            ("What a good result looks like", ["for everyday use", "for special cases", "after a year"]),
            ("How to examine {k}", ["at first sight", "in use", "in the small print"]),
            ("Strong points to look for", ["the essentials", "the pleasant extras", "what lasts"]),
            ("Weak points to look for", ["early signs", "what can be fixed", "what cannot"]),
            ("For whom it is worth it", ["yes", "perhaps", "no"]),
            ("A checklist for your own verdict", ["before", "during", "after"]),
        ],
    },
    Kind {
        structure: "service_page",
        entity_type: "service",
        titles: &["{K}: How We Can Help", "{K} with a Clear Plan"],
        angle: "Says what happens at each step, so that the reader knows what to expect.",
        audience: "People who would rather have it done than do it themselves",
        words: 800,
        sections: &[
            ("What you get", ["the result", "what is included", "what is not"]),
            ("How it works", ["first talk", "plan", "work"]),
            ("What we need from you", ["information", "time", "decisions"]),
            ("How the price is made up", ["what it depends on", "what is agreed before", "what never comes on top"]),
            ("When {k} is not the right thing", ["other ways", "a later date", "doing it yourself"]),
            ("Questions before you start", ["duration", "changes", "aftercare"]),
        ],
    },
    Kind {
        structure: "landing_page",
        entity_type: "page",
        titles: &["{K} Without the Guesswork", "{K}: Find Out What Suits You"],
        angle: "One decision, prepared on one page.",
        audience: "People who are ready to decide",
        words: 700,
        sections: &[
            ("The decision in one sentence", ["what is at stake", "what you need to know", "what you can skip"]),
            ("What changes for you", ["today", "in a month", "in a year"]),
            ("How to choose {k}", ["by need", "by effort", "by budget"]),
            ("What people ask first", ["cost", "time", "risk"]),
            ("What happens next", ["step one", "step two", "step three"]),
            ("If you are not sure yet", ["a smaller step", "a comparison", "a question to us"]),
        ],
    },
];

pub(super) fn answer(input: &IdeasInput) -> IdeasOutput {
    let cluster = if input.cluster.name.trim().is_empty() { "the topic" } else { input.cluster.name.trim() };
    let fallback = [cluster.to_owned()];
    let keywords = if input.cluster.keywords.is_empty() { &fallback[..] } else { &input.cluster.keywords[..] };
    let mut dice = Dice::seeded(&format!("{}|{cluster}|{}", input.site.site_name, keywords.join("|")));
    let mut taken: BTreeSet<String> = input.existing_titles.iter().map(|title| title.trim().to_lowercase()).collect();

    // Every pair of a keyword and a title, the keywords in turn so that none is favoured.
    let kinds = dice.shuffled(&(0..KINDS.len()).collect::<Vec<_>>());
    let mut ideas = Vec::new();
    let titles_per_kind = KINDS.iter().map(|kind| kind.titles.len()).max().unwrap_or_default();
    for round in 0..titles_per_kind * KINDS.len() * keywords.len() {
        if ideas.len() >= input.count as usize {
            break;
        }
        let kind = &KINDS[kinds[round % kinds.len()]];
        let main = &keywords[(round + round / keywords.len().max(kinds.len())) % keywords.len()];
        let title = kind.titles[(round / kinds.len()) % kind.titles.len()];
        let title = title.replace("{K}", &title_case(main)).replace("{C}", &title_case(cluster));
        if taken.insert(title.to_lowercase()) {
            ideas.push(idea(kind, title, main, cluster, keywords, &mut dice));
        }
    }
    IdeasOutput { ideas }
}

fn idea(kind: &Kind, title: String, main: &str, cluster: &str, keywords: &[String], dice: &mut Dice) -> IdeaOut {
    let fill = |text: &str| text.replace("{k}", &main.to_lowercase()).replace("{c}", &cluster.to_lowercase());
    let others: Vec<String> = keywords.iter().filter(|keyword| *keyword != main).cloned().collect();
    let mut target_keywords = vec![main.to_owned()];
    target_keywords.extend(dice.shuffled(&others).into_iter().take(3));
    let outline = kind
        .sections
        .iter()
        .map(|(heading, points)| Section {
            heading: capitalized(&fill(heading)),
            points: points.iter().map(|point| fill(point)).collect(),
        })
        .collect();
    IdeaOut {
        title,
        angle: fill(kind.angle),
        structure: kind.structure.to_owned(),
        entity_type: kind.entity_type.to_owned(),
        target_keywords,
        outline,
        estimated_words: kind.words,
        audience: capitalized(&fill(kind.audience)),
    }
}
