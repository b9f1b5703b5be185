import type { ParamRule } from '../dialect.ts';
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
    if (rule === undefined || rule.kind === 'unknown' || isAbsent(value)) {
      // A renamed parameter may have come first.
      if (!isAbsent(value) || !Object.hasOwn(out, name)) out[name] = value;
      continue;
    }
    const where = `request.${name}`;
    const why = `${rule.because} (${rule.source}, ${rule.checked})`;
    switch (rule.kind) {
      case 'rename':
        // Which of the two wins would depend on the order of the keys; OpenAI refuses such a pair as well.
        if (!isAbsent(body[rule.to]) && body[rule.to] !== value)
          throw refuseRequest(`${name} and ${rule.to} are one setting at this endpoint: send only one of them.`, name);
        out[rule.to] = value;
        report.add({ code: 'param-renamed', severity: 'info', where, what: `sent as ${rule.to}`, why, fix: '' });
        break;
      case 'map':
        out[name] = rule.with(value);
        report.add({
          code: 'param-mapped',
          severity: rule.severity,
          where,
          what: `sent as ${JSON.stringify(out[name])}`,
          why,
          fix: '',
        });
        break;
      case 'drop':
        if (rule.unless?.(value) === true) out[name] = value;
        else
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
        if (rule.unless?.(value) !== true) throw refuseRequest(`${name}: ${why}. ${rule.fix}.`, name);
        out[name] = value;
        break;
    }
  }
  return out;
}
