//! The sentences of the offline model. They advise and never assert facts about the world, because nothing here knows
//! any. `{k}` is a keyword, `{h}` the section's heading, `{p}` one of its points, `{a}` the audience.

/// First sentences of an article.
pub(super) const OPENINGS: [&str; 8] = [
    "Most searches for {k} begin with a small, practical question, and most answers make it larger than it is.",
    "If you are looking into {k}, you probably want to make one good decision and then get on with your day.",
    "There is no shortage of advice on {k}; what is missing is an order in which to take it.",
    "{K} looks simple from a distance and turns into a row of small choices once you come closer.",
    "Ask five people about {k} and you will hear five answers, each right for somebody.",
    "This page is for {a}, and it tries to save you the detours.",
    "Few people enjoy reading about {k} for its own sake; they want to know what to do next.",
    "Before you spend money or an evening on {k}, it pays to sort out what you want from it.",
];

/// Second sentences of an article.
pub(super) const PROMISES: [&str; 6] = [
    "The sections below go from the question itself to the checks that tell you whether it worked.",
    "Take what fits your situation and leave the rest; the parts can be read on their own.",
    "You will find criteria rather than verdicts here, because the verdict depends on you.",
    "Each part ends where you can act, so you may stop reading as soon as you know enough.",
    "Where something depends on your circumstances, the text says so instead of guessing.",
    "Nothing here needs special knowledge, only a little patience and something to write on.",
];

/// Sentences that begin a section.
pub(super) const LEADS: [&str; 12] = [
    "It is tempting to skip this part, yet {p} decides more than most people expect.",
    "Start with {p}; everything else in this section leans on it.",
    "When people talk about {k}, they often mean {p} without saying so.",
    "The useful question here is not what is best in general but what {p} means for you.",
    "Think of {p} as the frame: it tells you which of the later choices you can ignore.",
    "Much of the confusion about {k} clears up once {p} has a name.",
    "You can learn a lot from {p} before you change anything at all.",
    "This is where plans and reality meet, and {p} is the first place where it shows.",
    "A short look at {p} now is cheaper than a long correction later.",
    "Nobody gets this part perfect, so aim for {p} that is good enough to build on.",
    "In practice, {p} comes up sooner than the plan says.",
    "If you remember one thing from this section, let it be {p}.",
];

/// Sentences that carry a point.
pub(super) const POINTS: [&str; 20] = [
    "As for {p}, write down what you know today and mark what you only assume.",
    "{P} deserves a minute of its own, because it is easy to change early and hard to change late.",
    "With {p}, the first idea is rarely wrong, it is only incomplete.",
    "Look at {p} from the side of the person who has to live with the result.",
    "There are two ways to deal with {p}: decide at once, or decide what would make you decide.",
    "Do not let {p} grow into a project; give it a fixed amount of time and move on.",
    "{P} is a good topic for a second opinion, preferably from somebody with nothing to sell.",
    "If {p} feels vague, try to describe it to a friend in two sentences.",
    "Small differences in {p} add up, so note them even when they seem trivial.",
    "What you decide about {p} should still make sense on a bad day.",
    "Compare {p} with the last time you did something similar, and ask what you would repeat.",
    "{P} is also where habits hide, and habits are worth a second look.",
    "Keep {p} simple at first; you can refine it when you know what it costs you.",
    "For {p}, a rough number beats a precise feeling.",
    "Where {p} is concerned, the exception matters more than the rule.",
    "Treat {p} as a question that you ask again after a week.",
    "You may find that {p} settles itself once the other points are clear.",
    "Put {p} next to your budget and see whether the two still get along.",
    "It helps to separate {p} from the wish that somebody else has for you.",
    "When in doubt about {p}, choose the option that is easier to undo.",
];

/// Sentences about the topic that need no point.
pub(super) const BODY: [&str; 34] = [
    "Good results with {k} usually come from a few careful choices, not from many clever ones.",
    "Be wary of any page on {k} that has an answer before it has heard the question.",
    "A simple table with three columns, what, why and until when, is often all the planning you need.",
    "The cheapest test is the one that you can run this afternoon with what is already there.",
    "If two options seem equal, take the one that you understand better.",
    "Your own notes will be worth more to you than the average of a hundred reviews.",
    "That sounds obvious, and it is the step that gets left out most often.",
    "Give it a week before you judge; first impressions favour whatever is new.",
    "It is fine to change your mind, as long as you know what changed it.",
    "Whoever explains {k} well can also say when it is the wrong choice.",
    "Set a point at which you will look back, and put it in the calendar.",
    "Details that look like decoration sometimes carry the whole thing, so ask what each is for.",
    "You do not need the complete picture; you need the part that your next step stands on.",
    "Beginners tend to add and experienced people tend to remove.",
    "Try to find one source that disagrees with you and read it to the end.",
    "When numbers are quoted, look for the date and for who counted.",
    "A plan that fits on a page gets used; a longer one gets admired.",
    "The same advice can be right for a household and wrong for a business.",
    "There is a difference between a problem with {k} and a problem that only shows up there.",
    "Progress here is easier to see in photographs or figures than in memory.",
    "Leave some slack, because the parts that go wrong are seldom those you prepared for.",
    "Ask what happens if you do nothing; now and then the answer is a relief.",
    "Half of the work is to keep the first mistake small.",
    "People with experience in {k} rarely start with the equipment.",
    "Look for the point where more effort no longer makes a difference, and stay a little below it.",
    "If a rule comes without a reason, treat it as a suggestion.",
    "A good question to a professional is what they would do with half of the money.",
    "It is worth knowing what you would give up last, since the rest is negotiable.",
    "Keep the receipts, the notes and the first version; all three explain later surprises.",
    "Some of this you will only learn by doing it once, slowly.",
    "What works for {k} in one season may need another look in the next.",
    "Try to change one thing at a time, or you will not know what helped.",
    "Honest uncertainty is a better starting point than borrowed confidence.",
    "The aim is not to know everything about {k} but to stop worrying about it.",
];

/// Last sentences of a section.
pub(super) const CLOSES: [&str; 10] = [
    "Once that is settled, the next part becomes much lighter.",
    "If this took you longer than ten minutes, you have done it properly.",
    "Write the result in one line; you will need it further down.",
    "That is enough for now, and you can always come back to it.",
    "With this in hand, compare again and see what has dropped off the list.",
    "Should the answer surprise you, check it once more before you act on it.",
    "Talk it over with whoever is affected before you go on.",
    "From here on it is mostly a matter of doing it.",
    "Everything that remains open belongs on a list, not in your head.",
    "You will notice the difference when the next decision comes up.",
];

/// Tips for a callout.
pub(super) const TIPS: [&str; 8] = [
    "Before you compare anything about {k}, write down the one result that would make you happy with it.",
    "Set a timer for fifteen minutes and finish one small part of {k} completely.",
    "Ask for one example that went wrong; it teaches more about {k} than three that went well.",
    "Take a picture or a figure of how things are today, so that you can see a change later.",
    "Choose a date now on which you will look at {k} again, and stop thinking about it until then.",
    "If an offer is good only today, it is not made for you.",
    "Explain your plan for {k} to somebody else; the gaps show while you speak.",
    "Do the part first that you could not undo, and do it slowly.",
];

/// Questions and answers.
pub(super) const QUESTIONS: [(&str, &str); 9] = [
    (
        "How do I start with {k}?",
        "Start with the smallest step that gives you an answer: note what you have, what you want and what you would accept. The rest follows from that list.",
    ),
    (
        "How long does {k} take?",
        "That depends on your situation more than on the topic. Plan a first try that fits into an evening, and use it to estimate the rest.",
    ),
    (
        "What does {k} cost?",
        "Prices differ by place and time, so no figure is given here. Ask two providers for a written offer and compare what is included.",
    ),
    ("Can I do {k} myself?", "Often in part. Do what you can undo, and ask a professional about what you cannot."),
    (
        "What is the most common mistake with {k}?",
        "To decide before the need is clear. A sentence about what you want to achieve prevents most detours.",
    ),
    (
        "How do I recognise good advice on {k}?",
        "It asks about your situation, names its limits and says when something else is the better choice.",
    ),
    (
        "When should I look at {k} again?",
        "When something around it changes: your needs, your surroundings or the price. Otherwise once a year is a reasonable rhythm.",
    ),
    (
        "Is there a right order for {k}?",
        "First the need, then the limits, then the options. Whoever begins with the options tends to start over.",
    ),
    (
        "What should I write down about {k}?",
        "The date, what you decided and why. Those three lines make the next decision much faster.",
    ),
];
