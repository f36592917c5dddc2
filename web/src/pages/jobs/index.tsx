export { JobDetail } from "./JobDetail";
export { Jobs } from "./Jobs";
