import { count } from "@/lib/format";
import type { Counts } from "./counts";

export type NextStep = {
  title: string;
  text: string;
  /** The verb on the button. */
  action: string;
  /** Where it is done; clustering is started on the spot. */
  to?: string;
  /** It spends credits. */
  costs: boolean;
};

/**
 * The one thing to do next. What is nearest to being published goes first: an article that waits for a press is worth
 * more than a thousand new keywords. What a running job (`running`, by function) has in hand is not offered again.
 */
export function nextStep(counts: Counts, running: ReadonlySet<string> = new Set()): NextStep {
  const { keywords, ideas, tasks, content } = counts;
  if (content.approved > 0) {
    return {
      title: `Publish ${count(content.approved, "approved article")}`,
      text: content.approved === 1 ? "It is ready. Publishing is free." : "They are ready. Publishing is free.",
      action: "Go to approved articles",
      to: "/writer/content?status=approved",
      costs: false,
    };
  }
  const drafts = content.draft + content.review;
  if (drafts > 0) {
    return {
      title: `Review ${count(drafts, "draft")}`,
      text: "Read, change what you like, then approve and publish.",
      action: "Go to drafts",
      to: `/writer/content?status=${content.draft > 0 ? "draft" : "review"}`,
      costs: false,
    };
  }
  if (tasks.queued > 0) {
    return {
      title: `Write ${count(tasks.queued, "article")}`,
      text: "Planned and ready to be written.",
      action: "Go to tasks",
      to: "/writer/tasks?status=queued",
      costs: true,
    };
  }
  const isClustering = running.has("auto_cluster");
  const isThinking = running.has("generate_ideas");
  const open = ideas.accepted + ideas.new;
  if (open > 0) {
    const accepted = ideas.accepted > 0;
    return {
      title: accepted ? `Queue ${count(ideas.accepted, "accepted idea")}` : `Decide on ${count(ideas.new, "new idea")}`,
      text: "What you queue becomes a writing task. It is free.",
      action: "Go to ideas",
      to: `/planner/ideas?status=${accepted ? "accepted" : "new"}`,
      costs: false,
    };
  }
  if (keywords.clustered > 0 && !isThinking && !isClustering) {
    return {
      title: "Get ideas from your clusters",
      text: `${count(keywords.clustered, "keyword")} in clusters ${keywords.clustered === 1 ? "has" : "have"} no ideas yet.`,
      action: "Go to clusters",
      to: "/planner/clusters",
      costs: true,
    };
  }
  if (keywords.new > 0 && !isClustering) {
    return {
      title: `Cluster ${count(keywords.new, "new keyword")}`,
      text: "Keywords that one page can answer are put together. Ideas come from clusters.",
      action: "Cluster all new keywords",
      costs: true,
    };
  }
  if (isClustering || isThinking || tasks.in_progress > 0) {
    return {
      title: isClustering
        ? "Your keywords are being clustered"
        : isThinking
          ? "Ideas are on the way"
          : `${count(tasks.in_progress, "article")} on the way`,
      text: "The next step appears here as soon as it is done.",
      action: "Watch the jobs",
      to: "/jobs",
      costs: false,
    };
  }
  const started = keywords.mapped > 0 || content.published > 0;
  return {
    title: started ? "All done. Add more keywords" : "Add keywords",
    text: started
      ? "Nothing waits at any step. More articles begin with more keywords."
      : "Everything begins with what people search for. Import a list, or type some in.",
    action: "Import keywords",
    to: "/planner/keywords?import=1",
    costs: false,
  };
}
