/** What the kind of this content has beside its body: a price, an area, steps. One form for each kind. */
import { useId } from "react";
import type { StructureData } from "@/api/types";
import { NumberField, Select, Switch, TextField } from "@/ui/Field";
import { CommonNote, Lines, PriceFields, Specs, Steps } from "./StructureFields";
import { errorIn, errorOf, type Of, orNothing } from "./structure";

const TITLES: Record<StructureData["kind"], { title: string; intro: string }> = {
  post: {
    title: "Post details",
    intro: "The section it belongs to, and instructions if it shows how to do something.",
  },
  page: { title: "Page details", intro: "What the page is for, and the link at its end." },
  product: { title: "Product details", intro: "Shown around the text, in lists, and to search engines." },
  service: { title: "Service details", intro: "Shown around the text, in lists, and to search engines." },
  taxonomy: { title: "Term details", intro: "What this category, tag or attribute covers." },
};

type Errors = Record<string, string>;
type Part<Kind extends StructureData["kind"]> = {
  data: Of<Kind>;
  errors: Errors;
  isReadOnly: boolean;
  set: (change: Partial<Of<Kind>>) => void;
};

export function StructurePanel({
  data,
  missing,
  errors,
  readOnly,
  onChange,
}: {
  data: StructureData;
  /** What the saved content still lacks. */
  missing: { field: string; message: string }[];
  errors: Errors;
  readOnly: boolean;
  onChange: (data: StructureData) => void;
}) {
  const id = useId();
  const { title, intro } = TITLES[data.kind];
  const common = {
    errors,
    isReadOnly: readOnly,
    set: (change: object) => onChange({ ...data, ...change } as StructureData),
  };
  return (
    <section aria-labelledby={id} className="card flex min-w-0 flex-col gap-4 px-5 py-4">
      <div>
        <h2 id={id}>{title}</h2>
        <p className="mt-0.5 text-ink-soft">{intro}</p>
      </div>
      <CommonNote missing={missing} readOnly={readOnly} />
      {data.kind === "post" && <PostForm data={data} {...common} />}
      {data.kind === "page" && <PageForm data={data} {...common} />}
      {data.kind === "product" && <ProductForm data={data} {...common} />}
      {data.kind === "service" && <ServiceForm data={data} {...common} />}
      {data.kind === "taxonomy" && <TermForm data={data} {...common} />}
    </section>
  );
}

function Minutes({
  label,
  value,
  onChange,
  error,
  isReadOnly,
}: {
  label: string;
  value: number | null | undefined;
  onChange: (value: number | undefined) => void;
  error?: string;
  isReadOnly: boolean;
}) {
  return (
    <NumberField
      label={label}
      minValue={1}
      maxValue={525_600}
      className="max-w-48"
      value={value ?? Number.NaN}
      onChange={(minutes) => onChange(Number.isNaN(minutes) ? undefined : minutes)}
      error={error}
      isReadOnly={isReadOnly}
      hint="In minutes."
    />
  );
}

function PostForm({ data, errors, isReadOnly, set }: Part<"post">) {
  const howTo = data.how_to;
  const change = (part: object) => set({ how_to: { ...howTo, ...part } });
  return (
    <>
      <TextField
        label="Section"
        maxLength={100}
        className="sm:max-w-sm"
        value={data.section ?? ""}
        onChange={(section) => set({ section: orNothing(section) })}
        isReadOnly={isReadOnly}
        error={errorOf(errors, "section")}
        hint="As in a magazine, for example Maintenance."
      />
      <Switch
        isSelected={Boolean(howTo)}
        isDisabled={isReadOnly}
        onChange={(on) => set({ how_to: on ? { steps: [{ name: "" }] } : undefined })}
      >
        This post has step-by-step instructions
      </Switch>
      {howTo && (
        <>
          <Minutes
            label="Time for all of it"
            value={howTo.total_minutes}
            onChange={(total_minutes) => change({ total_minutes })}
            error={errorOf(errors, "how_to.total_minutes")}
            isReadOnly={isReadOnly}
          />
          <div className="grid gap-4 sm:grid-cols-2">
            <Lines
              label="Supplies"
              values={howTo.supplies}
              onChange={(supplies) => change({ supplies })}
              error={errorIn(errors, "how_to.supplies")}
              isReadOnly={isReadOnly}
              hint="What is used up, one per line."
            />
            <Lines
              label="Tools"
              values={howTo.tools}
              onChange={(tools) => change({ tools })}
              error={errorIn(errors, "how_to.tools")}
              isReadOnly={isReadOnly}
              hint="What is needed and stays, one per line."
            />
          </div>
          <Steps
            steps={howTo.steps ?? []}
            path="how_to.steps"
            errors={errors}
            isReadOnly={isReadOnly}
            onChange={(steps) => change({ steps })}
          />
        </>
      )}
    </>
  );
}

const PAGE_KINDS = [
  { id: "home", name: "Home", note: "The way in to the site" },
  { id: "about", name: "About", note: "Who is behind the site" },
  { id: "contact", name: "Contact", note: "How to reach them" },
  { id: "landing", name: "Landing", note: "One offer or decision" },
  { id: "hub", name: "Hub", note: "The way in to one topic" },
  { id: "legal", name: "Legal", note: "Terms, privacy, imprint" },
  { id: "other", name: "Other", note: "Anything else" },
];

function PageForm({ data, errors, isReadOnly, set }: Part<"page">) {
  const action = data.action ?? { label: "" };
  const change = (part: object) => {
    const next = { ...action, ...part };
    set({ action: next.label || next.url ? next : undefined });
  };
  return (
    <>
      <Select
        label="What the page is for"
        className="sm:max-w-sm"
        options={PAGE_KINDS}
        value={data.page_kind ?? "other"}
        onChange={(kind) => set({ page_kind: kind as Of<"page">["page_kind"] })}
        isDisabled={isReadOnly}
        error={errorOf(errors, "page_kind")}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Words of the link at the end"
          maxLength={60}
          value={action.label}
          onChange={(label) => change({ label })}
          isReadOnly={isReadOnly}
          error={errorOf(errors, "action.label")}
        />
        <TextField
          label="Where it leads"
          value={action.url ?? ""}
          onChange={(url) => change({ url: orNothing(url) })}
          isReadOnly={isReadOnly}
          error={errorOf(errors, "action.url")}
          hint="https://…, mailto:…, tel:… or a path of the site, as /contact"
        />
      </div>
    </>
  );
}

const AVAILABILITY = [
  { id: "in_stock", name: "In stock" },
  { id: "limited_availability", name: "Only a few left" },
  { id: "pre_order", name: "Available for pre-order" },
  { id: "back_order", name: "On order" },
  { id: "out_of_stock", name: "Out of stock" },
  { id: "discontinued", name: "No longer made" },
];

function ProductForm({ data, errors, isReadOnly, set }: Part<"product">) {
  const text = (name: "brand" | "sku" | "gtin", label: string, hint?: string) => (
    <TextField
      label={label}
      maxLength={100}
      value={data[name] ?? ""}
      onChange={(value) => set({ [name]: orNothing(value) })}
      isReadOnly={isReadOnly}
      error={errorOf(errors, name)}
      hint={hint}
    />
  );
  const rating = data.rating;
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <PriceFields
          label="Price"
          amount={data.price?.amount}
          currency={data.price?.currency}
          onChange={(amount, currency) => set({ price: amount === undefined ? undefined : { amount, currency } })}
          errors={errors}
          path="price.amount"
          isReadOnly={isReadOnly}
        />
        <Select
          label="Availability"
          none="Not said"
          options={AVAILABILITY}
          value={data.availability ?? ""}
          onChange={(state) => set({ availability: (state || undefined) as Of<"product">["availability"] })}
          isDisabled={isReadOnly}
          error={errorOf(errors, "availability")}
        />
      </div>
      <div className="grid items-start gap-4 sm:grid-cols-3">
        {text("brand", "Brand")}
        {text("sku", "SKU", "Your own number for it.")}
        {text("gtin", "GTIN", "EAN, UPC or ISBN: 8, 12, 13 or 14 digits.")}
      </div>
      <Specs specs={data.specs ?? []} errors={errors} isReadOnly={isReadOnly} onChange={(specs) => set({ specs })} />
      <Switch
        isSelected={Boolean(rating)}
        isDisabled={isReadOnly}
        onChange={(on) => set({ rating: on ? { average: 500, count: 1 } : undefined })}
      >
        Buyers have rated this product
      </Switch>
      {rating && (
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <NumberField
            label="Average, 1 to 5 stars"
            minValue={1}
            maxValue={5}
            formatOptions={{ maximumFractionDigits: 2 }}
            step={0.01}
            value={rating.average / 100}
            onChange={(stars) =>
              set({ rating: { ...rating, average: Number.isNaN(stars) ? 0 : Math.round(stars * 100) } })
            }
            isReadOnly={isReadOnly}
            error={errorOf(errors, "rating.average")}
            hint="Only what was really counted: made-up ratings are against the rules of search engines."
          />
          <NumberField
            label="How many ratings"
            minValue={1}
            value={rating.count}
            onChange={(count) => set({ rating: { ...rating, count: Number.isNaN(count) ? 0 : count } })}
            isReadOnly={isReadOnly}
            error={errorOf(errors, "rating.count")}
          />
        </div>
      )}
    </>
  );
}

const PROVIDERS = [
  { id: "organization", name: "Organization" },
  { id: "local_business", name: "Local business", note: "People visit it, or it comes to them" },
  { id: "person", name: "One person" },
];

function ServiceForm({ data, errors, isReadOnly, set }: Part<"service">) {
  const price = data.price;
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          label="Kind of service"
          maxLength={100}
          value={data.service_type ?? ""}
          onChange={(value) => set({ service_type: orNothing(value) })}
          isReadOnly={isReadOnly}
          error={errorOf(errors, "service_type")}
        />
        <Select
          label="Who provides it"
          options={PROVIDERS}
          value={data.provider_type ?? "organization"}
          onChange={(value) => set({ provider_type: value as Of<"service">["provider_type"] })}
          isDisabled={isReadOnly}
          error={errorOf(errors, "provider_type")}
        />
        <PriceFields
          label="Price from"
          amount={price?.from}
          currency={price?.currency}
          onChange={(from, currency) => set({ price: from === undefined ? undefined : { ...price, from, currency } })}
          errors={errors}
          path="price.from"
          isReadOnly={isReadOnly}
        />
        {price && (
          <PriceFields
            label="Up to"
            amount={price.to ?? undefined}
            currency={price.currency}
            fixed
            onChange={(to) => set({ price: { ...price, to } })}
            errors={errors}
            path="price.to"
            isReadOnly={isReadOnly}
            hint="Empty if it is open. The same as the first for a fixed price."
          />
        )}
      </div>
      <Minutes
        label="How long it takes"
        value={data.duration_minutes}
        onChange={(duration_minutes) => set({ duration_minutes })}
        error={errorOf(errors, "duration_minutes")}
        isReadOnly={isReadOnly}
      />
      <Lines
        label="Where it is offered"
        values={data.area_served}
        onChange={(area_served) => set({ area_served })}
        error={errorIn(errors, "area_served")}
        isReadOnly={isReadOnly}
        hint="Cities or regions, one per line."
      />
      <Steps
        steps={data.steps ?? []}
        path="steps"
        errors={errors}
        isReadOnly={isReadOnly}
        onChange={(steps) => set({ steps })}
      />
    </>
  );
}

const TERM_KINDS = [
  { id: "category", name: "Category", note: "A part of the site" },
  { id: "tag", name: "Tag", note: "A word that things share" },
  { id: "attribute", name: "Attribute", note: "A property of products, as a colour" },
];

function TermForm({ data, errors, isReadOnly, set }: Part<"taxonomy">) {
  return (
    <>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Select
          label="Kind of term"
          options={TERM_KINDS}
          value={data.term_kind ?? "category"}
          onChange={(value) => set({ term_kind: value as Of<"taxonomy">["term_kind"] })}
          isDisabled={isReadOnly}
          error={errorOf(errors, "term_kind")}
        />
        <TextField
          label="Parent term"
          maxLength={100}
          value={data.parent ?? ""}
          onChange={(value) => set({ parent: orNothing(value) })}
          isReadOnly={isReadOnly}
          error={errorOf(errors, "parent")}
          hint="The term above it, if there is one."
        />
      </div>
      <TextField
        label="What it covers"
        rows={3}
        maxLength={1000}
        value={data.description ?? ""}
        onChange={(value) => set({ description: orNothing(value) })}
        isReadOnly={isReadOnly}
        error={errorOf(errors, "description")}
        hint="One or two sentences. They also stand above the list of the category."
      />
    </>
  );
}
