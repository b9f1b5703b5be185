import type { Rule } from '../rule.ts';
import { callSite } from './call-site.ts';
import { capabilityTest } from './capability-test.ts';
import { client } from './client.ts';
import { docs } from './docs.ts';
import { envExample } from './env-example.ts';
import { functionsToTools } from './functions-to-tools.ts';
import { gateway } from './gateway.ts';
import { importSwap } from './import-swap.ts';
import { mark } from './mark.ts';
import { mockSwap } from './mock-swap.ts';
import { modelName } from './model-name.ts';
import { otherLanguage } from './other-language.ts';
import { otherSdk } from './other-sdk.ts';
import { packageJson } from './package-json.ts';
import { rawUrl } from './raw-url.ts';
import { rewriteModels } from './rewrite-models.ts';
import { sdk3 } from './sdk-3.ts';
import { sdk4 } from './sdk-4.ts';
import { setting } from './setting.ts';
import { storedModel } from './stored-model.ts';

/** Every rule, in the order in which they run and `explain` lists them: what keeps in step with rewritten code comes after it. */
export const rules: readonly Rule[] = [
  importSwap,
  mockSwap,
  sdk3,
  sdk4,
  functionsToTools,
  rewriteModels,
  client,
  callSite,
  modelName,
  capabilityTest,
  otherSdk,
  rawUrl,
  gateway,
  packageJson,
  envExample,
  setting,
  storedModel,
  docs,
  otherLanguage,
  mark,
];
