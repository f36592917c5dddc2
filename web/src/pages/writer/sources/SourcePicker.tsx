/** Which of the site's sources belong to a task or a content: at most five. */
import { Checkbox } from "@/ui/Field";
import { MOST, useSources } from "./data";

export function SourcePicker({
  site,
  value,
  onChange,
  isDisabled,
  error,
  empty = null,
}: {
  site: string;
  value: string[];
  onChange: (value: string[]) => void;
  isDisabled?: boolean;
  error?: string;
  /** Stands here where the site has no sources. */
  empty?: React.ReactNode;
}) {
  const { rows: sources, loading } = useSources(site);
  if (sources.length === 0) return loading ? null : empty;
  const turn = (id: string, on: boolean) => onChange(on ? [...value, id] : value.filter((one) => one !== id));
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-[13px] font-medium">{`Sources, at most ${MOST}`}</legend>
      <div className="flex max-h-40 flex-col gap-1.5 overflow-auto rounded-lg border border-line p-3">
        {sources.map((source) => {
          const isChosen = value.includes(source.id);
          return (
            <Checkbox
              key={source.id}
              isSelected={isChosen}
              isDisabled={isDisabled || (!isChosen && value.length >= MOST)}
              onChange={(on) => turn(source.id, on)}
            >
              <span className="min-w-0 break-words">{source.title}</span>
            </Checkbox>
          );
        })}
      </div>
      {error && <p className="text-xs text-bad">{error}</p>}
    </fieldset>
  );
}
