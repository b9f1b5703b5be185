/** Secrets that nobody has, of every form: put together here so that no scanner takes the source for a leak. */
export interface Planted {
  readonly kind: string;
  readonly value: string;
}

const letters = 'aB3dE5gH7jK9mN2pQ4rS6tU8vW1xY0z';
const run = (length: number, alphabet = letters): string =>
  Array.from({ length }, (_, at) => alphabet[(at * 7 + length) % alphabet.length]).join('');
const hex = (length: number): string => run(length, '0f3a9c1e7b5d2846');
const base64 = (text: string): string => Buffer.from(text).toString('base64url');

/** At least one of each kind of credential, and personal data. */
export const planted: readonly Planted[] = [
  ['openai', `sk-${run(48)}`],
  ['openai-project', `sk-proj-${run(60)}`],
  ['openai-service', `sk-svcacct-${run(60)}`],
  ['openai-session', `sess-${run(40)}`],
  ['anthropic', `sk-ant-api03-${run(80)}`],
  ['openrouter', `sk-or-v1-${hex(64)}`],
  ['langfuse', `sk-lf-${hex(8)}-${hex(4)}-${hex(4)}-${hex(12)}`],
  ['groq', `gsk_${run(52)}`],
  ['hugging-face', `hf_${run(34)}`],
  ['together', `tgp_v1_${run(43)}`],
  ['fireworks', `fw_${run(24)}`],
  ['replicate', `r8_${run(37)}`],
  ['perplexity', `pplx-${run(48)}`],
  ['xai', `xai-${run(80)}`],
  ['nvidia', `nvapi-${run(64)}`],
  ['cerebras', `csk-${run(48)}`],
  ['pinecone', `pcsk_${run(60)}`],
  ['langsmith', `lsv2_pt_${hex(32)}_${hex(10)}`],
  ['aws-access-key', `AKIA${run(16, 'ABCD2EFG3HIJ4KLM5')}`],
  ['aws-session-key', `ASIA${run(16, 'ABCD2EFG3HIJ4KLM5')}`],
  ['gcp-api-key', `AIza${run(35)}`],
  ['gcp-access-token', `ya29.${run(60)}`],
  ['gcp-client-secret', `GOCSPX-${run(28)}`],
  ['azure-client-secret', `${run(3)}8Q~${run(34)}`],
  ['github', `ghp_${run(36)}`],
  ['github-app', `ghs_${run(36)}`],
  ['github-fine-grained', `github_pat_${run(22)}_${run(59)}`],
  ['gitlab', `glpat-${run(20)}`],
  ['slack', `xoxb-${run(12, '0123456789')}-${run(24)}`],
  ['slack-app', `xapp-1-${run(11)}-${run(40)}`],
  ['slack-webhook', `https://hooks.slack.com/services/T${run(8)}/B${run(8)}/${run(24)}`],
  ['stripe', `sk_live_${run(24)}`],
  ['webhook-secret', `whsec_${run(32)}`],
  ['twilio', `SK${hex(32)}`],
  ['sendgrid', `SG.${run(22)}.${run(43)}`],
  ['mailgun', `key-${hex(32)}`],
  ['mailchimp', `${hex(32)}-us12`],
  ['npm', `npm_${run(36)}`],
  ['pypi', `pypi-${run(60)}`],
  ['docker', `dckr_pat_${run(27)}`],
  ['digitalocean', `dop_v1_${hex(64)}`],
  ['shopify', `shpat_${hex(32)}`],
  ['square', `sq0atp-${run(22)}`],
  ['telegram', `${run(10, '1234567890')}:AA${run(33)}`],
  ['discord', `M${run(25)}.${run(6)}.${run(38)}`],
  ['linear', `lin_api_${run(40)}`],
  ['notion', `ntn_${run(46)}`],
  ['vault', `hvs.${run(24)}`],
  ['doppler', `dp.pt.${run(43)}`],
  ['databricks', `dapi${hex(32)}`],
  ['supabase', `sbp_${hex(40)}`],
  ['planetscale', `pscale_tkn_${run(43)}`],
  ['new-relic', `NRAK-${run(27, 'ABC1DEF2GHI3')}`],
  ['sentry', `sntrys_${run(60)}`],
  ['postman', `PMAK-${hex(24)}-${hex(34)}`],
  ['figma', `figd_${run(40)}`],
  ['atlassian', `ATATT3${run(60)}`],
  ['airtable', `pat${run(14)}.${hex(64)}`],
  ['age', `AGE-SECRET-KEY-1${run(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}`],
  ['jwt', `${base64('{"alg":"HS256","typ":"JWT"}')}.${base64('{"sub":"user-12345","role":"admin"}')}.${run(43)}`],
  ['private-key', `-----BEGIN RSA PRIVATE KEY-----\n${run(64)}\n${run(64)}\n-----END RSA PRIVATE KEY-----`],
  ['ssh-key', `-----BEGIN OPENSSH PRIVATE KEY-----\n${run(64)}\n-----END OPENSSH PRIVATE KEY-----`],
  ['bearer', `Bearer ${run(40)}`],
  ['basic', `Basic ${Buffer.from(`admin:${run(12)}`).toString('base64')}`],
  ['password', `password: ${run(10)}!`],
  ['env-line', `DATADOG_API_KEY=${hex(32)}`],
  ['aws-secret', `aws_secret_access_key = ${run(40)}`],
  ['azure-account-key', `AccountKey=${run(86)}==`],
  ['azure-sas', `sig=${run(43)}%3D`],
  ['userinfo', `postgres://app:${run(14)}@db.internal:5432/main`],
  ['configured', `internal key with no form ${run(20)}`],
  ['custom', 'EMP-402817'],
  ['email', 'Jane.Doe+test@Example-Corp.co.uk'],
  ['email-unicode', 'jürgen.müller@bücher.example.org'],
  ['phone', '+49 30 901820-17'.replace('-', ' ')],
  ['phone-us', '(212) 867-5309'],
  ['phone-uk', '020 79460958'],
  ['card', '4111 1111 1111 1111'],
  ['card-plain', '5555555555554444'],
  ['amex', '378282246310005'],
  ['iban', 'DE89 3704 0044 0532 0130 00'],
  ['ssn', '536-22-8726'],
].map(([kind, value]) => ({ kind: kind as string, value: value as string }));

/** The part of a planted text that must be found nowhere: without its label. */
export function secretOf({ kind, value }: Planted): string {
  const part =
    /(?:^(?:Bearer|Basic) |^password: |^DATADOG_API_KEY=|^aws_secret_access_key = |^AccountKey=|^sig=|^postgres:\/\/app:)([^\s@]+)/.exec(
      value,
    );
  if (part?.[1] !== undefined) return part[1];
  return kind === 'private-key' || kind === 'ssh-key' ? (value.split('\n')[1] as string) : value;
}

const entity = (text: string): string =>
  [...text].map((char) => (/\W/.test(char) ? `&#${char.codePointAt(0)};` : char)).join('');
const unicode = (text: string): string =>
  [...text]
    .map((char) => (/[a-z0-9]/i.test(char) ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`))
    .join('');

/** Ways a text may stand inside another one. */
export const encodings: ReadonlyArray<readonly [string, (text: string) => string]> = [
  ['as it is', (text) => text],
  ['in a sentence', (text) => `Please use "${text}", thanks.`],
  ['base64', (text) => Buffer.from(text).toString('base64')],
  [
    'base64 beside more',
    (text) => `data:text/plain;base64,${Buffer.from(`the value is ${text} as agreed`).toString('base64')}`,
  ],
  ['base64url', (text) => `/path/${base64(`{"v":"${text}"}`)}`],
  ['percent-encoded', (text) => `https://x.example/cb?state=1&v=${encodeURIComponent(text)}`],
  ['JSON in a text', (text) => JSON.stringify({ value: text })],
  ['JSON in JSON', (text) => JSON.stringify({ inner: JSON.stringify({ value: text }) })],
  ['unicode escapes', (text) => `{"value":"${unicode(text)}"}`],
  ['HTML entities', (text) => `<td>${entity(text)}</td>`],
  ['hex', (text) => Buffer.from(text).toString('hex')],
  [
    'base64 of JSON of base64',
    (text) => Buffer.from(JSON.stringify({ v: Buffer.from(text).toString('base64') })).toString('base64'),
  ],
];
