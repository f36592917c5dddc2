/** The kinds and structures of a content, as the API names them. */
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

/** Names as options of a select. */
export const options = (ids: string[]) => ids.map((id) => ({ id, name: words(id) }));
