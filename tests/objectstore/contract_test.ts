import { contract } from "./contract.ts";
import { LOCAL, SERVICE } from "./stores.ts";

for (const kind of [LOCAL, SERVICE]) contract(kind);
