export { AiModels } from "./AiModels";
export { ApiKeys } from "./ApiKeys";
export { Profile } from "./Profile";
export { SiteDetail } from "./SiteDetail";
export { Sites } from "./Sites";
export { Team } from "./Team";
