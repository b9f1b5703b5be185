import { citeFact, type ParamRule } from '../dialect.ts';
import { refuseRequest } from '../refusal.ts';
import type { Report } from '../report.ts';
import { isAbsent, type WireObject } from '../wire.ts';

/** Applies a dialect's parameter rules to a request body. Throws a `Refusal` naming the parameter. */
export function applyParams(
  body: WireObject,
  rules: Readonly<Record<string, ParamRule | undefined>>,
  report: Report,
): WireObject {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined || isAbsent(value) || (rule.kind !== 'unknown' && rule.unless?.(value, body) === true)) {
      // A renamed parameter may have come first.
      if (!isAbsent(value) || !Object.hasOwn(out, name)) out[name] = value;
      continue;
    }
    const where = `request.${name}`;
    const why = citeFact(rule);
    switch (rule.kind) {
      case 'unknown':
        out[name] = value;
        report.add({
          code: 'param-unchecked',
          severity: 'info',
          where,
          what: 'sent as it is; the endpoint may ignore it',
          why,
          fix: 'Check what the endpoint does with it',
        });
        break;
      case 'rename': {
        const sent = rule.with === undefined ? value : rule.with(value);
        // Which of the two wins would depend on the order of the keys; OpenAI refuses such a pair as well.
        if (!isAbsent(body[rule.to]) && body[rule.to] !== sent)
          throw refuseRequest(`${name} and ${rule.to} are one setting at this endpoint: send only one of them.`, name);
        out[rule.to] = sent;
        const what = `sent as ${rule.to}${sent === value ? '' : `: ${JSON.stringify(sent)}`}`;
        report.add({ code: 'param-renamed', severity: 'info', where, what, why, fix: '' });
        break;
      }
      case 'map': {
        const sent = rule.with(value, body);
        if (sent !== undefined) out[name] = sent;
        const what = sent === undefined ? 'left out' : `sent as ${JSON.stringify(sent)}`;
        report.add({ code: 'param-mapped', severity: rule.severity, where, what, why, fix: '' });
        break;
      }
      case 'drop':
        report.add({
          code: 'param-dropped',
          severity: rule.severity,
          where,
          what: 'left out',
          why,
          fix: rule.severity === 'info' ? '' : 'Remove the parameter if the app can do without',
        });
        break;
      case 'refuse':
        if (rule.idle?.(value) !== true) throw refuseRequest(`${name}: ${why}. ${rule.fix}.`, name);
        report.add({ code: 'param-dropped', severity: 'info', where, what: 'left out', why, fix: '' });
        break;
    }
  }
  return out;
}
