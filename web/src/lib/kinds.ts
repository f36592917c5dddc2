/** The kinds and structures of a content, as the API names them. */
import type { PageType } from "@/api/types";
import { words } from "./format";

export const ENTITY_TYPES = ["post", "page", "product", "service", "taxonomy"];
export const STRUCTURES = [
  "article",
  "guide",
  "comparison",
  "review",
  "listicle",
  "landing_page",
  "business_page",
  "service_page",
  "general",
  "cluster_hub",
  "product_page",
  "category_archive",
  "tag_archive",
  "attribute_archive",
];

/** The kinds of page that answer a cluster. */
export const PAGE_TYPES: PageType[] = ["hub", "spoke", "product", "service", "category", "landing"];

/** What a person calls a kind of content. */
export const entityName = (id: string) => (id === "taxonomy" ? "Category or tag" : words(id));

/** Names as options of a select. */
export const options = (ids: string[], name = words) => ids.map((id) => ({ id, name: name(id) }));
