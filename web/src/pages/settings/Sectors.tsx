/** The topic areas of a site. */
import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, call, ifMatch } from "@/api/client";
import { invalidate, useList } from "@/api/query";
import type { Sector, Site } from "@/api/types";
import { RowActions } from "@/ui/ActionButtons";
import { Button } from "@/ui/Button";
import { confirm } from "@/ui/ConfirmDialog";
import { TextField } from "@/ui/Field";
import { FormModal } from "@/ui/FormModal";
import { Row, RowList } from "@/ui/RowList";
import { Section } from "@/ui/Section";
import { act } from "./resources";

export function Sectors({ site, may }: { site: Site; may: boolean }) {
  const [open, setOpen] = useState<{ sector?: Sector }>();
  const sectors = useList<Sector>("sectors", { site: site.id }, (cursor) =>
    call(api.GET("/api/auth/sites/{id}/sectors", { params: { path: { id: site.id }, query: { limit: 200, cursor } } })),
  );
  const remove = async (sector: Sector) => {
    const yes = await confirm({
      title: `Delete the sector ${sector.name}?`,
      body: "Its keywords, tasks and articles stay, without a sector.",
      action: "Delete the sector",
      danger: true,
    });
    if (!yes) return;
    const path = { id: site.id, sector_id: sector.id };
    const deed = () => call(api.DELETE("/api/auth/sites/{id}/sectors/{sector_id}", { params: { path } }));
    await act(deed, `The sector ${sector.name} is deleted.`, "sectors", "keywords", "clusters");
  };
  return (
    <Section
      flush
      title="Sectors"
      intro="Topic areas of the site. Keywords and articles can be kept apart by them."
      actions={
        may && (
          <Button size="sm" icon={Plus} onPress={() => setOpen({})}>
            Add sector
          </Button>
        )
      }
    >
      <RowList
        label="Sectors"
        items={sectors.rows}
        state={sectors}
        places={2}
        empty={<p className="border-t border-line px-5 py-4 text-ink-soft">No sectors. A small site needs none.</p>}
        row={(sector) => (
          <Row
            key={sector.id}
            title={sector.name}
            note={sector.description}
            actions={
              may && (
                <RowActions
                  label={`Actions for the sector ${sector.name}`}
                  entries={[
                    { id: "edit", label: "Edit", icon: Pencil, run: () => setOpen({ sector }) },
                    { id: "delete", label: "Delete", icon: Trash2, danger: true, run: () => void remove(sector) },
                  ]}
                />
              )
            }
          />
        )}
      />
      <SectorDialog
        key={open ? (open.sector?.id ?? "new") : "closed"}
        site={site}
        sector={open?.sector}
        isOpen={open !== undefined}
        onClose={() => setOpen(undefined)}
      />
    </Section>
  );
}

function SectorDialog({
  site,
  sector,
  isOpen,
  onClose,
}: {
  site: Site;
  sector?: Sector;
  isOpen: boolean;
  onClose: () => void;
}) {
  const [name, setName] = useState(sector?.name ?? "");
  const [description, setDescription] = useState(sector?.description ?? "");
  const submit = async () => {
    const body = { name: name.trim(), description: description.trim() || null };
    if (sector) {
      const params = { path: { id: site.id, sector_id: sector.id } };
      const headers = ifMatch(sector.version);
      await call(api.PATCH("/api/auth/sites/{id}/sectors/{sector_id}", { params, body, headers }));
    } else {
      await call(api.POST("/api/auth/sites/{id}/sectors", { params: { path: { id: site.id } }, body }));
    }
    invalidate("sectors");
  };
  return (
    <FormModal
      title={sector ? `Edit ${sector.name}` : "Add sector"}
      action={sector ? "Save" : "Add sector"}
      width="sm"
      isOpen={isOpen}
      onClose={onClose}
      submit={submit}
      values={[name, description]}
    >
      {(errors) => (
        <>
          <TextField
            label="Name"
            placeholder="Brakes"
            isRequired
            autoFocus
            maxLength={100}
            value={name}
            onChange={setName}
            error={errors.name}
          />
          <TextField
            label="What it is about (optional)"
            placeholder="Pads, discs and fluid"
            rows={3}
            maxLength={500}
            value={description}
            onChange={setDescription}
            error={errors.description}
          />
        </>
      )}
    </FormModal>
  );
}
