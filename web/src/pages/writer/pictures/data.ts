/** Pictures as the pages of the writer read and change them. */
import { useQuery } from "@tanstack/react-query";
import { api, call, ifMatch } from "@/api/client";
import { ApiError } from "@/api/problem";
import { invalidate, type List, queryClient, useList } from "@/api/query";
import { useLimit } from "@/api/resources";
import type { components } from "@/api/schema";
import type { Content, ContentView, Picture, PictureRole, PictureStatus } from "@/api/types";
import { count } from "@/lib/format";
import { confirm } from "@/ui/ConfirmDialog";
import { spend } from "@/ui/spend";
import { failed, told } from "@/ui/ToastNotifications";

export type PictureChange = components["schemas"]["ImageUpdate"];
export type PictureUpload = components["schemas"]["ImageUpload"];

export const STATUSES: { id: PictureStatus; name: string }[] = [
  { id: "prompted", name: "Planned" },
  { id: "queued", name: "Queued" },
  { id: "generating", name: "Being made" },
  { id: "uploading", name: "Upload not finished" },
  { id: "ready", name: "Ready" },
  { id: "failed", name: "Failed" },
];

export const ROLES: { id: PictureRole; name: string }[] = [
  { id: "featured", name: "Featured" },
  { id: "in_article", name: "In the article" },
];

export const SOURCES: { id: "generated" | "uploaded"; name: string }[] = [
  { id: "generated", name: "Made by AI" },
  { id: "uploaded", name: "Uploaded" },
];

export const nameOf = (all: { id: string; name: string }[], id: string) => all.find((one) => one.id === id)?.name ?? id;

/** The most pictures in one request, unless the settings say otherwise. */
const MOST_MADE = 6;

export const useMostMade = () => useLimit("ai_images_per_request", MOST_MADE);
/** The most contents in one request. */
const MOST_PLANNED = 40;
/** What the server takes. */
export const MOST_BYTES = 15 << 20;
export const FORMATS = ["image/png", "image/jpeg", "image/webp"];

type Filters = { status?: PictureStatus; role?: PictureRole; source?: "generated" | "uploaded" };

export function usePictures(site: string, filters: Filters): List<Picture> {
  const query = { site_id: site, count: true, limit: 48, ...filters };
  return useList<Picture>(
    "images",
    query,
    async (cursor) => (await call(api.GET("/api/writer/images", { params: { query: { ...query, cursor } } }))) as never,
  );
}

/** All pictures of one content, as soon as its site is known; a content has a handful. */
export function usePicturesOf(content_id: string, site_id: string | undefined) {
  return useQuery({
    queryKey: ["images", "of", content_id, site_id],
    enabled: site_id !== undefined,
    queryFn: async () => {
      const query = { site_id: site_id ?? "", content_id, limit: 100 };
      return (await call(api.GET("/api/writer/images", { params: { query } }))).items as Picture[];
    },
  });
}

/** The file that fits a place of so many pixels, also on a sharp screen; the largest where none does. */
export function fileFor(picture: Pick<Picture, "addresses">, width: number): Picture["addresses"][number] | undefined {
  return picture.addresses.find((file) => file.width >= width) ?? picture.addresses.at(-1);
}

/** A job that still runs has it in hand; what a cancelled one has left queued is free again. */
export const isAtWork = (picture: Picture, open: ReadonlySet<string>) =>
  (picture.status === "queued" || picture.status === "generating") && open.has(picture.job_id ?? "");

/** It can be made now: planned, failed, or there already and made anew. */
export const isMakeable = (picture: Picture, open: ReadonlySet<string>) =>
  picture.source === "generated" && picture.status !== "uploading" && !isAtWork(picture, open);

/** How far it is, in words. */
export function stateOf(picture: Picture, open: ReadonlySet<string>): PictureStatus {
  const left = (picture.status === "queued" || picture.status === "generating") && !isAtWork(picture, open);
  return left ? (picture.files ? "ready" : "prompted") : picture.status;
}

/** It can be shown: it has files, and words for those who do not see it. */
export const isUsable = (picture: Picture) => Boolean(picture.files) && picture.alt.trim() !== "";

/** Asks what it costs, and makes pictures. */
export function make(pictures: Picture[], most: number, then?: () => void): void {
  const chosen = pictures.slice(0, most);
  const more = pictures.length - chosen.length;
  const anew = chosen.filter((picture) => picture.files).length;
  spend({
    title: anew > 0 && anew === chosen.length ? "Make again" : "Make pictures",
    what: [
      `Makes ${count(chosen.length, "picture")} from ${chosen.length === 1 ? "its prompt" : "their prompts"}.`,
      anew > 0 && `${count(anew, "picture")} will be replaced once the new one is there.`,
      more > 0 && `At most ${most} are made at once; ${more} stay for the next time.`,
    ]
      .filter(Boolean)
      .join(" "),
    noun: "picture",
    order: { path: "/api/writer/images/generate", body: { image_ids: chosen.map((picture) => picture.id) } },
    onStarted: () => {
      invalidate("images");
      then?.();
    },
  });
}

/** Asks, and has the pictures of pages planned: prompts and alt texts, free. */
export function plan(contents: Pick<Content, "id" | "title">[], then?: () => void): void {
  const chosen = contents.slice(0, MOST_PLANNED);
  spend({
    title: "Plan pictures",
    what: `Writes prompts and alt texts for the pictures of ${
      chosen.length === 1 && chosen[0] ? `“${chosen[0].title}”` : count(chosen.length, "page")
    }. Planning is free; making a picture costs 1 credit. Plans that were not made yet are replaced.`,
    noun: "page",
    order: { path: "/api/writer/images/prompts", body: { content_ids: chosen.map((content) => content.id) } },
    onStarted: () => then?.(),
  });
}

export async function change(picture: Picture, body: PictureChange): Promise<Picture> {
  const request = api.PATCH("/api/writer/images/{id}", {
    params: { path: { id: picture.id } },
    headers: ifMatch(picture.version),
    body,
  });
  try {
    return (await call(request)) as Picture;
  } finally {
    invalidate("images");
  }
}

/** Asks, and deletes. */
export async function remove(picture: Picture): Promise<void> {
  const sure = await confirm({
    title: "Delete this picture?",
    body: "Where it stands in the article it is left out from the next publishing on. This cannot be undone.",
    action: "Delete picture",
    danger: true,
  });
  if (!sure) return;
  try {
    await call(api.DELETE("/api/writer/images/{id}", { params: { path: { id: picture.id } } }));
    told("Picture deleted.");
  } catch (error) {
    failed(error);
  }
  invalidate("images", "content");
}

/** Puts a picture at the top of its content, or takes it away. */
export async function feature(picture: Picture, featured: boolean): Promise<Content> {
  const request = api.POST("/api/writer/images/{id}/feature", {
    params: { path: { id: picture.id } },
    body: { featured },
  });
  const content = (await call(request)) as Content;
  // The body is as it was: what is open in the editor goes on with the new version.
  queryClient.setQueryData<ContentView>(["content", "one", content.id], (known) => known && { ...known, ...content });
  void queryClient.invalidateQueries({ queryKey: ["content", "list"] });
  return content;
}

/** Puts a picture into the body of its content, where it was planned, or takes it out. */
export async function place(picture: Picture, into: boolean): Promise<ContentView> {
  const params = { params: { path: { id: picture.id } } };
  return (await call(
    into ? api.POST("/api/writer/images/{id}/place", params) : api.POST("/api/writer/images/{id}/remove", params),
  )) as ContentView;
}

/** What is wrong with a file before it is sent; the server looks again. */
export function refusal(file: Pick<File, "type" | "size" | "name">): string | undefined {
  if (file.size > MOST_BYTES) return `“${file.name}” has more than 15 MB. Choose a smaller one.`;
  if (file.type && !FORMATS.includes(file.type)) return `“${file.name}” is no PNG, JPEG or WebP.`;
}

export async function upload(file: File, about: PictureUpload): Promise<Picture> {
  const { url, image_id } = await call(api.POST("/api/writer/images/uploads", { body: about }));
  // The address carries its own permission, and belongs to the storage, not to the API.
  const answer = await fetch(url, { method: "PUT", body: file }).catch(() => {
    throw ApiError.offline();
  });
  const params = { path: { id: image_id } };
  try {
    if (!answer.ok) {
      const detail = `The upload was refused (${answer.status}). Please try again.`;
      throw new ApiError({ status: answer.status, code: "invalid", detail });
    }
    return (await call(api.POST("/api/writer/images/{id}/finish", { params }))) as Picture;
  } catch (error) {
    // What came to nothing leaves no empty place in the list; if this fails too, it goes by itself after a week.
    await call(api.DELETE("/api/writer/images/{id}", { params })).catch(() => undefined);
    throw error;
  } finally {
    invalidate("images");
  }
}
