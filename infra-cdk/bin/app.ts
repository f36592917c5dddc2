// What `cdk synth` and `cdk deploy` run.

import { App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { builtPages } from "../lib/paths.js";
import { webStacks } from "../lib/stages.js";

const app = new App();
webStacks(app, builtPages);
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
