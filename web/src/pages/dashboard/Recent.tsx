/** The newest articles of the site, and the newest jobs. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { api, call } from "@/api/client";
import type { Content, Site } from "@/api/types";
import { ago, count } from "@/lib/format";
import { StatusBadge } from "@/ui/Badge";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";

const MOST = 6;

export function Recent({ site }: { site: Site }) {
  const content = useQuery({
    queryKey: ["content", "recent", site.id],
    queryFn: async () => {
      const query = { site_id: site.id, limit: MOST };
      return (await call(api.GET("/api/writer/content", { params: { query } }))).items as Content[];
    },
  });
  return (
    <Section
      flush
      title="Newest articles"
      actions={
        <Link to="/writer/content" className="pt-1 font-medium text-brand hover:underline">
          All articles
        </Link>
      }
    >
      <RowList
        label="Newest articles"
        items={content.data ?? []}
        state={{ loading: content.isPending, error: content.error, again: () => void content.refetch() }}
        empty={
          <p className="border-t border-line px-5 py-5 text-ink-soft">
            Articles appear here once they are written. They begin with keywords.
          </p>
        }
        row={(one) => (
          <Row
            key={one.id}
            title={one.title}
            to={`/writer/content/${one.id}`}
            note={`${count(one.word_count, "word")} · written ${ago(one.created_at)}`}
            badges={<StatusBadge status={one.status} />}
          />
        )}
      />
    </Section>
  );
}
