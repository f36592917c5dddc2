export { AuthorProfiles } from "./AuthorProfiles";
export { PictureBench } from "./PictureBench";
export { PromptEditor } from "./PromptEditor";
export { Prompts } from "./Prompts";
export { Strategies } from "./Strategies";
