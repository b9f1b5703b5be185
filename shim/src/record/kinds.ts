/** A form of credential: where it starts, and what of it may stay because everybody has the same. */
export interface CredentialKind {
  readonly kind: string;
  /** A text without which the pattern cannot match: looked for first, since that is cheap. */
  readonly trigger: string;
  /** Its first group is what stays. */
  readonly pattern: RegExp;
}

const kind = (name: string, trigger: string, body: string, flags = 'g'): CredentialKind => ({
  kind: name,
  trigger,
  pattern: new RegExp(`(?<![A-Za-z0-9_])${body}`, flags),
});
const rest = (least: number, chars = 'A-Za-z0-9_-'): string => `[${chars}]{${least},}`;

/**
 * Credentials that can be told by their own form. These are what issuers' keys look like in public secret scanners' lists
 * (https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml, 2026-11-23): a form that is out of date costs a false alarm or a miss,
 * which the patterns by name and by place below may catch.
 */
export const credentialKinds: readonly CredentialKind[] = [
  kind('openai', 'sk-', `(sk-(?:proj-|svcacct-|admin-|None-)?)${rest(20)}`),
  kind('openai-session', 'sess-', `(sess-)${rest(20)}`),
  kind('anthropic', 'sk-ant-', `(sk-ant-)${rest(20)}`),
  kind('openrouter', 'sk-or-', `(sk-or-(?:v1-)?)${rest(20)}`),
  kind('langfuse', '-lf-', `([sp]k-lf-)${rest(20)}`),
  kind('groq', 'gsk_', `(gsk_)${rest(20)}`),
  kind('hugging-face', 'hf_', `(hf_)${rest(20)}`),
  kind('together', 'tgp_', `(tgp_(?:v\\d_)?)${rest(20)}`),
  kind('fireworks', 'fw_', `(fw_)${rest(20)}`),
  kind('replicate', 'r8_', `(r8_)${rest(20)}`),
  kind('perplexity', 'pplx-', `(pplx-)${rest(20)}`),
  kind('xai', 'xai-', `(xai-)${rest(20)}`),
  kind('nvidia', 'nvapi-', `(nvapi-)${rest(20)}`),
  kind('cerebras', 'csk-', `(csk-)${rest(20)}`),
  kind('pinecone', 'pcsk_', `(pcsk_)${rest(20)}`),
  kind('langsmith', 'lsv2_', `(lsv2_(?:pt|sk)_)${rest(20)}`),
  kind('aws-access-key', 'A', '((?:AKIA|ASIA|ABIA|ACCA))[A-Z0-9]{16}(?![A-Za-z0-9])'),
  kind('gcp-api-key', 'AIza', `(AIza)${rest(30)}`),
  kind('gcp-access-token', 'ya29.', `(ya29\\.)${rest(20, 'A-Za-z0-9_.-')}`),
  kind('gcp-client-secret', 'GOCSPX-', `(GOCSPX-)${rest(20)}`),
  kind('azure-client-secret', 'Q~', '()[A-Za-z0-9_~.-]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}'),
  kind('azure-account-key', 'Key=', '((?:AccountKey|SharedAccessKey)=)[A-Za-z0-9+/]{30,}={0,2}'),
  kind('azure-sas', 'sig=', '(sig=)[A-Za-z0-9%+/]{30,}={0,2}'),
  kind('github', 'gh', `(gh[pousr]_)${rest(30)}`),
  kind('github-fine-grained', 'github_pat_', `(github_pat_)${rest(30)}`),
  kind('gitlab', 'gl', `((?:glpat|gldt|glrt|glptt|glcbt)-)${rest(16)}`),
  kind('slack', 'xox', `(xox[abeoprs]-)${rest(10)}`),
  kind('slack-app', 'xapp-', `(xapp-)${rest(10)}`),
  kind(
    'slack-webhook',
    'hooks.slack.com/',
    '((?:https?://)?hooks\\.slack\\.com/(?:services|workflows)/)[A-Za-z0-9/_-]{20,}',
  ),
  kind('stripe', '_', `((?:sk|rk|pk)_(?:live|test)_)${rest(10)}`),
  kind('webhook-secret', 'whsec_', `(whsec_)${rest(16, 'A-Za-z0-9+/=_-')}`),
  kind('twilio', 'SK', '((?:SK))[0-9a-f]{32}(?![A-Za-z0-9])'),
  kind('sendgrid', 'SG.', `(SG\\.)${rest(16)}\\.${rest(20)}`),
  kind('mailgun', 'key-', '(key-)[0-9a-f]{32}(?![A-Za-z0-9])'),
  kind('mailchimp', '-us', '()[0-9a-f]{32}-us\\d{1,2}(?![A-Za-z0-9])'),
  kind('npm', 'npm_', `(npm_)${rest(30)}`),
  kind('pypi', 'pypi-', `(pypi-)${rest(30)}`),
  kind('docker', 'dckr_', `(dckr_(?:pat|oat)_)${rest(20)}`),
  kind('digitalocean', 'do', '(do[opr]_v1_)[0-9a-f]{40,}'),
  kind('shopify', 'shp', '(shp(?:at|ca|pa|ss)_)[0-9a-fA-F]{30,}'),
  kind('square', 'sq0', `(sq0[a-z]{3}-)${rest(20)}`),
  kind('telegram', ':AA', '()\\d{8,10}:AA[A-Za-z0-9_-]{30,}'),
  kind('discord', '.', '()[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,}'),
  kind('linear', 'lin_', `(lin_(?:api|oauth)_)${rest(30)}`),
  kind('notion', 'ntn_', `(ntn_)${rest(30)}`),
  kind('vault', 'hv', `(hv[sbr]\\.)${rest(20)}`),
  kind('doppler', 'dp.', '(dp\\.(?:pt|st|ct|sa|scim|audit)\\.)[A-Za-z0-9._-]{30,}'),
  kind('databricks', 'dapi', '(dapi)[0-9a-f]{32}(?:-\\d)?'),
  kind('supabase', 'sb', `(sbp_|sb_secret_)${rest(20)}`),
  kind('planetscale', 'pscale_', `(pscale_(?:tkn|oauth|pw)_)${rest(30)}`),
  kind('new-relic', 'NRAK-', '(NRAK-)[A-Z0-9]{20,}'),
  kind('sentry', 'sntrys_', `(sntrys_)${rest(30, 'A-Za-z0-9+/=_-')}`),
  kind('postman', 'PMAK-', `(PMAK-)${rest(30)}`),
  kind('figma', 'figd_', `(figd_)${rest(30)}`),
  kind('atlassian', 'ATATT3', `(ATATT3)${rest(30, 'A-Za-z0-9_=-')}`),
  kind('airtable', 'pat', '(pat[A-Za-z0-9]{14}\\.)[0-9a-f]{60,}'),
  kind('age', 'AGE-SECRET-KEY-', '(AGE-SECRET-KEY-1)[A-Z0-9]{40,}'),
];

/** Private keys, whole blocks; a line end may stand as it is or escaped. */
export const pemPattern = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?)-----[\s\S]{20,}?-----END \1-----/g;

/** Tokens of three segments, the first a JSON object. */
export const jwtPattern =
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{0,}(?![A-Za-z0-9_-])/g;

/** Names under which credentials stand, in keys and in text. */
const credentialName =
  '(?:pass(?:word|wd|phrase)|pwd|secret|api[_-]?key|(?:access|account|private|signing|encryption|secret)[_-]?key|(?:auth|access|refresh|id|session|bearer|personal)[_-]?token|client[_-]?secret|credentials?|authorization|session[_-]?id|cookie)';
const flat = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** Tells whether a key's name says that its value is a credential. */
export function namesCredential(key: string): boolean {
  return new RegExp(`(^|[._-])${credentialName}$`).test(flat(key));
}

/** Names a kind of personal data by a key, where the value's form alone does not tell; `undefined` for other keys. */
export function namesPersonal(key: string): 'phone' | 'card' | 'ssn' | undefined {
  const name = flat(key);
  if (/(^|[._-])(phone|mobile|telephone|tel|fax|cell)([._-]?(number|no))?$/.test(name)) return 'phone';
  if (/(^|[._-])(card|credit[._-]?card|pan)([._-]?(number|no))?$/.test(name)) return 'card';
  return /(^|[._-])(ssn|social[._-]?security([._-]?(number|no))?)$/.test(name) ? 'ssn' : undefined;
}

/** Values by the name before them, as in `password: hunter2`, `API_KEY="…"`, `?access_token=…`; quotes may be escaped. */
export const assignedPattern = new RegExp(
  `(?<![A-Za-z])([\\w.-]*${credentialName}\\\\*["']?\\s*(?:=>|:=|[:=]|\\bis\\b)\\s*\\\\*["'\`]?)((?!\\s|REDACTED)[^\\s"'\`,;&<>{}()\\[\\]\\\\]{4,})`,
  'gi',
);
/** What follows a scheme in an authorization header. */
export const schemePattern = /\b((?:Bearer|Basic|Token|ApiKey)\s+)([A-Za-z0-9._~+/=-]{8,})/gi;
/** User name and password inside an address. */
export const userinfoPattern = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s/@:"']*:[^\s/@"']+)(?=@)/gi;

export const emailPattern = /[\p{L}\p{N}._%+'-]+@(?!redacted\.example)(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}/gu;
/** With a country code, North American with its separators, or with a trunk 0 and separators. */
export const phonePattern =
  /(?<![\w.+-])(?:\+\d(?:[ ().-]{0,2}\d){7,14}|(?:1[ .-])?\(\d{3}\) ?\d{3}[ .-]\d{4}|(?:1[ .-])?\d{3}([ .-])\d{3}\1\d{4}|0\d{1,4}[ /-]\d{3,}(?:[ -]?\d{2,})*|0[1-9](?:[ .]\d{2}){4})(?![\w-]|\.\d)/g;
export const cardPattern =
  /(?<![\w.-])[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{1,7}(?![\w-]|\.\d)|(?<![\w.-])3[47]\d{2}([ -]?)\d{6}\2\d{5}(?![\w-]|\.\d)/g;
export const ibanPattern = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g;
export const ssnPattern = /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])/g;
