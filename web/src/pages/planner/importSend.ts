/** Sending a keyword file: at once when it is small, else as an upload that a job reads. */
import { api, call } from "@/api/client";
import { ApiError } from "@/api/problem";
import type { ImportSummary, Job } from "@/api/types";
import { importInline, MOST_LINES, type Place } from "./pasted";

/** What the server reads while one waits; more goes by an upload. */
const INLINE = { bytes: 1 << 20, lines: MOST_LINES };
/** The most that can be uploaded. */
export const MOST_BYTES = 16 << 20;

export type Sent = { summary: ImportSummary } | { job: string };

export async function sendFile(file: File, place: Place, lines: number): Promise<Sent> {
  // The count of lines is a guess here; a file that the server finds too long goes the other way too.
  if (file.size <= INLINE.bytes && lines <= INLINE.lines) {
    try {
      return { summary: await importInline(place, file, "application/octet-stream") };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 413) throw error;
    }
  }
  const { url, import_id } = await call(api.POST("/api/planner/keywords/import-url", { body: place }));
  await put(url, file);
  const params = { path: { import_id } };
  const { job } = await call(api.POST("/api/planner/keywords/imports/{import_id}/run", { params }));
  return { job: job.id };
}

/** The address carries its own permission, and belongs to the storage, not to the API. */
async function put(url: string, file: File): Promise<void> {
  const answer = await fetch(url, { method: "PUT", body: file }).catch(() => {
    throw ApiError.offline();
  });
  if (!answer.ok) {
    const detail = `The upload was refused (${answer.status}). Please try again.`;
    throw new ApiError({ status: answer.status, code: "invalid", detail });
  }
}

/** What one part of the job answers; what concerns the whole file stands in the first. */
type Part = Partial<ImportSummary>;

/** One summary from the parts of a job. */
export function summaryOf(job: Job): ImportSummary {
  const parts = (job.items ?? []).map((item) => (item.result ?? {}) as Part);
  const sum = (field: "created" | "updated" | "duplicates" | "rejected_count" | "empty_lines") =>
    parts.reduce((total, part) => total + (part[field] ?? 0), 0);
  return {
    source: parts.find((part) => part.source)?.source ?? "other",
    created: sum("created"),
    updated: sum("updated"),
    duplicates: sum("duplicates"),
    rejected: parts.flatMap((part) => part.rejected ?? []),
    rejected_count: sum("rejected_count"),
    empty_lines: sum("empty_lines"),
    notes: parts.flatMap((part) => part.notes ?? []),
  };
}
