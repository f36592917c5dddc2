/** Balance and spending by day: two charts above each other with one axis of days. */
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { compact, credits, date } from "@/lib/format";
import type { Day } from "./history";

const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const short = (day: string) => SHORT.format(new Date(`${day}T12:00:00`));

const AXIS = { tick: { fill: "var(--ink-soft)", fontSize: 12 }, tickLine: false, axisLine: false } as const;
/** The room of the figures at the left, alike in both, so that the days stand under each other. */
const LEFT = 44;
const MARGIN = { top: 6, right: 8, bottom: 4, left: 0 };

/** What it shows is also in a table for those who do not see it. */
export default function CreditsChart({ days }: { days: Day[] }) {
  return (
    <div aria-hidden className="flex h-full flex-col">
      <p className="text-xs text-ink-soft">Balance at the end of the day</p>
      <div className="min-h-0 flex-3">
        <ResponsiveContainer width="100%" height="100%" minWidth={0}>
          <BarChart data={days} margin={MARGIN} syncId="credits" accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis dataKey="day" hide />
            <YAxis
              {...AXIS}
              width={LEFT}
              tickFormatter={compact}
              tickCount={4}
              allowDecimals={false}
              domain={[0, "auto"]}
            />
            <Tooltip content={Told} cursor={{ fill: "var(--sunk)" }} />
            <Bar
              dataKey="balance"
              fill="var(--line-strong)"
              radius={[3, 3, 0, 0]}
              maxBarSize={24}
              isAnimationActive={false}
            />
          </BarChart>
        </ResponsiveContainer>
      </div>
      <p className="mt-2 text-xs text-ink-soft">Spent on the day</p>
      <div className="min-h-0 flex-2">
        <ResponsiveContainer width="100%" height="100%" minWidth={0}>
          <BarChart data={days} margin={MARGIN} syncId="credits" accessibilityLayer={false}>
            <XAxis {...AXIS} dataKey="day" tickFormatter={short} minTickGap={32} interval="equidistantPreserveStart" />
            <YAxis {...AXIS} width={LEFT} tickFormatter={compact} tickCount={3} allowDecimals={false} />
            <Tooltip content={() => null} cursor={{ fill: "var(--sunk)" }} />
            <Bar dataKey="spent" fill="var(--brand)" radius={[3, 3, 0, 0]} maxBarSize={24} isAnimationActive={false} />
          </BarChart>
        </ResponsiveContainer>
      </div>
    </div>
  );
}

function Told({ active, payload }: { active?: boolean; payload?: readonly { payload?: Day }[] }) {
  const day = payload?.[0]?.payload;
  if (!active || !day) return null;
  return (
    <div className="card px-3 py-2 text-[13px] shadow-lg">
      <p className="font-medium">{date(`${day.day}T12:00:00`)}</p>
      <p>{credits(day.spent)} spent</p>
      {day.balance !== undefined && <p className="text-ink-soft">{credits(day.balance)} at its end</p>}
    </div>
  );
}
