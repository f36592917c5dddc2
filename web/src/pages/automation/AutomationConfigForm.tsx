/** The settings of one schedule: its rate, its bounds, its quiet hours. */
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate } from "@/api/query";
import type { Schedule } from "@/api/types";
import { Checkbox, NumberField, Select, TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { told } from "@/ui/ToastNotifications";
import { rate, WORDS } from "./words";

const RATES = [15, 30, 60, 180, 360, 720, 1440, 2880, 10_080, 43_200];

function zones(own: string): string[] {
  const all = Intl.supportedValuesOf("timeZone");
  return all.includes(own) ? all : [own, ...all];
}

export function AutomationConfigForm({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const words = WORDS[schedule.function];
  const quiet = schedule.quiet_hours;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [every, setEvery] = useState(schedule.every_minutes);
  const [maxCredits, setMaxCredits] = useState(schedule.max_credits);
  const [maxItems, setMaxItems] = useState(schedule.max_items);
  const [unreviewed, setUnreviewed] = useState(schedule.unreviewed);
  const [isQuiet, setIsQuiet] = useState(Boolean(quiet));
  const [from, setFrom] = useState(quiet?.from ?? "22:00");
  const [until, setUntil] = useState(quiet?.until ?? "06:00");
  const [zone, setZone] = useState(quiet?.time_zone ?? here);
  const body = {
    every_minutes: every,
    max_credits: maxCredits,
    max_items: maxItems,
    unreviewed,
    quiet_hours: isQuiet ? { from, until, time_zone: zone } : null,
  };
  const submit = async () => {
    const params = { path: { site_id: schedule.site_id, function: schedule.function } };
    const headers = ifMatch(schedule.version);
    await call(api.PATCH("/api/system/schedules/{site_id}/{function}", { params, body, headers }));
    invalidate("schedules");
    told(`${words.name}: saved.`);
  };
  const rates = RATES.includes(every) ? RATES : [...RATES, every].sort((a, b) => a - b);
  return (
    <FormModal title={words.name} action="Save" isOpen onClose={onClose} submit={submit} values={body}>
      {(errors) => (
        <>
          <Select
            label="Runs every"
            options={rates.map((minutes) => ({ id: String(minutes), name: rate(minutes) }))}
            value={String(every)}
            onChange={(value) => setEvery(Number(value))}
            error={errors.every_minutes}
          />
          <div className="grid gap-4 sm:grid-cols-2">
            {schedule.function !== "auto_publish" && (
              <NumberField
                label="Credits a run, at most"
                hint="A run stops before it would take more."
                minValue={0}
                maxValue={10_000}
                value={maxCredits}
                onChange={setMaxCredits}
                error={errors.max_credits}
              />
            )}
            <NumberField
              label={`${words.item}, at most`}
              hint="In one run."
              minValue={1}
              maxValue={200}
              value={maxItems}
              onChange={setMaxItems}
              error={errors.max_items}
            />
          </div>
          {words.unreviewed && (
            <Checkbox isSelected={unreviewed} onChange={setUnreviewed}>
              {words.unreviewed}
            </Checkbox>
          )}
          <Checkbox isSelected={isQuiet} onChange={setIsQuiet}>
            Start nothing in quiet hours
          </Checkbox>
          {isQuiet && (
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField
                label="From"
                placeholder="22:00"
                value={from}
                onChange={setFrom}
                error={errors["quiet_hours.from"]}
              />
              <TextField
                label="Until"
                placeholder="06:00"
                value={until}
                onChange={setUntil}
                error={errors["quiet_hours.until"]}
              />
              <Select
                label="Time zone"
                className="sm:col-span-2"
                options={zones(zone).map((name) => ({ id: name, name: name.replaceAll("_", " ") }))}
                value={zone}
                onChange={setZone}
                error={errors["quiet_hours.time_zone"]}
              />
            </div>
          )}
        </>
      )}
    </FormModal>
  );
}
