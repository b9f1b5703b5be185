import * as sdk from 'openai';
import { defineShim } from '../client.ts';

const { OpenAI, AzureOpenAI } = defineShim(sdk);

// Names exported here win over the star's.
export * from 'openai';
export { AzureOpenAI, OpenAI, OpenAI as default };
export { ShimConfigError } from '../config-error.ts';
