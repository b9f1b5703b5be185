import { kindOf } from '../file-kind.ts';
import { defineRule, type Draft } from '../rule.ts';
import { offsetOf, type Scene } from '../scene.ts';
import type { FileNodes } from '../syntax-index.ts';

/**
 * Gateways that people put between their code and OpenAI, and what names each in code and settings.
 * Sources, checked 2026-11-25: https://docs.helicone.ai/getting-started/integration-method/openai-proxy, https://portkey.ai/docs/api-reference/inference-api/headers,
 * https://developers.cloudflare.com/ai-gateway/usage/providers/openai/, https://docs.litellm.ai/docs/proxy/configs.
 */
const gateways: ReadonlyArray<{ readonly name: string; readonly code: RegExp; readonly settings: RegExp }> = [
  {
    name: 'Helicone',
    code: /^(?:https?:\/\/)?[\w.-]*\b(?:helicone\.ai|hconeai\.com)\b|^Helicone-[A-Z][\w-]*$|^@helicone\//,
    settings: /\bHELICONE_\w+|\b(?:oai|gateway)\.(?:helicone\.ai|hconeai\.com)\b/g,
  },
  {
    name: 'Portkey',
    code: /^(?:https?:\/\/)?[\w.-]*\bportkey\.ai\b|^x-portkey-[\w-]+$|^(?:portkey-ai|@portkey-ai\/.+)$/i,
    settings: /\bPORTKEY_\w+|\bapi\.portkey\.ai\b/g,
  },
  {
    name: 'Cloudflare AI Gateway',
    code: /\bgateway\.ai\.cloudflare\.com\b|^cf-aig-[\w-]+$/,
    settings: /\bgateway\.ai\.cloudflare\.com\b|\bCLOUDFLARE_(?:AI_)?GATEWAY\w*/g,
  },
  {
    name: 'LiteLLM',
    code: /^(?:https?:\/\/)?[\w.-]*\blitellm\b[\w.:/-]*$|^LITELLM_\w+$/i,
    settings: /\bLITELLM_\w+|\b(?:ghcr\.io\/)?berriai\/litellm\b|^\s*litellm_params:/gm,
  },
];

/** Lists what stands between the code and OpenAI: it decides where requests go, before and after. */
export const gateway = defineRule({
  id: 'gateway',
  isPerFile: true,
  summary: 'Lists proxies and gateways in front of OpenAI: Helicone, Portkey, Cloudflare AI Gateway, LiteLLM.',
  why: 'A gateway caches, logs, limits and routes. A client that moves to another endpoint goes around it, unless it is moved along.',
  examples: [
    {
      name: 'a header of Helicone',
      before:
        "import OpenAI from './sdk';\nexport const c = new OpenAI({ defaultHeaders: { 'Helicone-Auth': `Bearer ${process.env.HELICONE_API_KEY}` } }); // openai\n",
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'LiteLLM’s own settings',
      file: 'litellm_config.yaml',
      before: 'model_list:\n  - model_name: gpt-4o\n    litellm_params:\n      model: azure/gpt-4o\n',
      after: undefined,
      finds: ['manual'],
    },
    {
      name: 'look-alike: prose, and a package that only sounds like it',
      before: "export const text = 'we tried helicone and openai';\nexport const port = 'portkey';\n",
      after: undefined,
      finds: [],
    },
  ],
  find: (scene) => [
    ...[...(scene.code?.index.byFile.values() ?? [])].flatMap(codeDrafts),
    ...(scene.isMain ? settingDrafts(scene) : []),
  ],
});

function codeDrafts(nodes: FileNodes): Draft[] {
  return gateways.flatMap(({ name, code }): Draft[] => {
    const found = nodes.strings.filter((one) => one.text.length < 300 && code.test(one.text));
    const [first] = found;
    if (first === undefined) return [];
    return [
      draftOf(
        name,
        nodes.file.file,
        offsetOf(nodes.file, first),
        found.map((one) => one.text),
      ),
    ];
  });
}

function settingDrafts({ files }: Scene): Draft[] {
  return [...files].flatMap(([file, text]) => {
    const kind = kindOf(file);
    const isSetting =
      kind === 'settings' ||
      kind === 'env' ||
      kind === 'env-example' ||
      /(?:^|\/)[^/]*litellm[^/]*\.ya?ml$/i.test(file);
    if (!isSetting) return [];
    return gateways.flatMap(({ name, settings }) => {
      const found = [...text.matchAll(settings)];
      const [first] = found;
      return first === undefined
        ? []
        : [
            draftOf(
              name,
              file,
              first.index,
              found.map((one) => one[0].trim()),
            ),
          ];
    });
  });
}

function draftOf(name: string, file: string, offset: number, signs: readonly string[]): Draft {
  const shown = [...new Set(signs)].slice(0, 3).join(', ');
  return {
    file,
    offset,
    action: 'manual',
    confidence: 'likely',
    what: `${name} in front of OpenAI (${shown})`,
    subject: `${name} in front of OpenAI`,
    why: `Requests pass ${name}, which has its own address, keys, logs and rules for models.`,
    fix: `Decide for it as a whole: give ${name} the new endpoint as a provider and let the app keep its address (set it as MIGRATE_LLM_BASE_URL), or take it out and let the shim ask the endpoint itself.`,
  };
}
