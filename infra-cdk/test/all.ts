// One process for all tests: to synthesise takes longer than to look at the result.

import "./paths.test.js";
import "./web-stack.test.js";
