import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { DayUse } from "./sums";

const SHORT = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const day = (iso: unknown) => SHORT.format(new Date(String(iso)));

/** Bars of credits by day; the table below says the same in words. */
export default function UsageChart({ days }: { days: DayUse[] }) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={days} margin={{ left: -16, right: 4, top: 4 }} accessibilityLayer>
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="day"
          tickFormatter={day}
          stroke="var(--ink-soft)"
          tickLine={false}
          fontSize={12}
          minTickGap={24}
          interval="equidistantPreserveStart"
        />
        <YAxis allowDecimals={false} stroke="var(--ink-soft)" tickLine={false} axisLine={false} fontSize={12} />
        <Tooltip
          cursor={{ fill: "var(--sunk)" }}
          contentStyle={{ background: "var(--card)", border: "1px solid var(--line)", borderRadius: 8 }}
          labelFormatter={day}
          formatter={(value) => [String(value), "Credits"]}
        />
        <Bar dataKey="credits" fill="var(--brand)" radius={[3, 3, 0, 0]} isAnimationActive={false} />
      </BarChart>
    </ResponsiveContainer>
  );
}
