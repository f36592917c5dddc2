import type { Site } from "@/api/types";
import { Select } from "@/ui/Field";
import { useSectors } from "./data";

/** Where something belongs within its site; not there when the site has no sectors. */
export function SectorSelect({
  site,
  value,
  onChange,
}: {
  site: Site;
  value: string;
  onChange: (value: string) => void;
}) {
  const sectors = useSectors(site.id).data;
  if (!sectors || sectors.length === 0) return null;
  const options = sectors.map((one) => ({ id: one.id, name: one.name }));
  return <Select label="Sector" none="No sector" options={options} value={value} onChange={onChange} />;
}
