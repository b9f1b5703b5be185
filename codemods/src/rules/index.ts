import type { Rule } from '../rule.ts';
import { callSite } from './call-site.ts';
import { envExample } from './env-example.ts';
import { importSwap } from './import-swap.ts';
import { mockSwap } from './mock-swap.ts';
import { packageJson } from './package-json.ts';

/** Every rule, in the order in which `explain` lists them. */
export const rules: readonly Rule[] = [importSwap, mockSwap, packageJson, envExample, callSite];
