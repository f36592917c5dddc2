/** The bell in the header: how much work has ended since one last looked. */
import { useQuery } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useNavigate } from "react-router";
import { api, call } from "@/api/client";
import { type Unread, useLive } from "@/api/live";
import { count } from "@/lib/format";
import { IconButton } from "@/ui/Button";

export function useUnread() {
  const live = useLive((state) => state.open);
  return useQuery({
    queryKey: ["notices", "unread"],
    queryFn: async (): Promise<Unread> => {
      const query = { unread: true, count: true, limit: 20 };
      const page = await call(api.GET("/api/system/notices", { params: { query } }));
      return { items: page.items, total: page.total ?? page.items.length };
    },
    refetchInterval: live ? false : 30_000,
  });
}

export function NoticeBell() {
  const unread = useUnread().data;
  const navigate = useNavigate();
  const total = unread?.total ?? 0;
  const broken = unread?.items.some((notice) => notice.outcome === "failure" || notice.outcome === "partial");
  return (
    <div className="relative">
      <IconButton
        label={total > 0 ? `Notices: ${count(total, "new one", "new ones")}` : "Notices"}
        icon={Bell}
        onPress={() => void navigate("/notices")}
      />
      {total > 0 && (
        <span
          aria-hidden
          className={`pointer-events-none absolute top-0 right-0 min-w-4 rounded-full px-1 text-center text-[11px] leading-4 font-semibold ${broken ? "bg-bad text-card" : "bg-brand text-on-brand"}`}
        >
          {total > 99 ? "99+" : total}
        </span>
      )}
    </div>
  );
}
