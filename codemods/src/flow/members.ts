import type { ts } from 'ts-morph';
import { clientClasses, isResourceEntry, mergeValues, resourcePath, type Value } from '../values.ts';
import type { FlowCore } from './core.ts';

/** Values of members: of the SDK, clients, objects, classes with their bases, and shapes. */
export function followMembers(core: FlowCore): Pick<FlowCore, 'memberOf'> {
  const { ts, index } = core;

  function memberOf(value: Value, name: string): readonly Value[] {
    switch (value.kind) {
      case 'sdk-module':
        return [{ kind: 'sdk', name: nameInModule(value.site.text, name), site: value.site }];
      case 'sdk':
        if (value.name === 'OpenAI')
          return [{ kind: 'sdk', name: name === 'default' ? 'OpenAI' : name, site: value.site }];
        return resourcePath(`${value.name}.${name}`) === undefined
          ? []
          : [{ kind: 'sdk', name: `${value.name}.${name}`, site: value.site }];
      case 'client':
        return value.path.length === 0 && /^(?:value|current)$/.test(name)
          ? [value]
          : [{ ...value, path: [...value.path, name] }];
      case 'foreign':
        return [value];
      case 'module':
        return core.exported(value.file, name);
      case 'object':
        return memberOfObject(value.node, name);
      case 'class':
        return memberOfClass(value.node, name, true);
      case 'instance':
        return memberOfClass(value.node, name, false);
      case 'shape':
        return memberOfShape(value.node, name);
      case 'env-object':
        return name === 'env' ? [value] : [{ kind: 'env', name }];
      default:
        return [];
    }
  }

  function memberOfObject(node: ts.ObjectLiteralExpression, name: string): readonly Value[] {
    const found: Array<readonly Value[]> = [];
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property))
        found.push(core.all(core.valuesOf(property.expression), (value) => core.memberOf(value, name)));
      else if (property.name === undefined || nameOf(ts, property.name) !== name) continue;
      else if (ts.isPropertyAssignment(property)) found.push(core.valuesOf(property.initializer));
      else if (ts.isShorthandPropertyAssignment(property)) found.push(core.valuesOf(property.name));
      else if (ts.isMethodDeclaration(property)) found.push([{ kind: 'function', node: property }]);
      else if (ts.isGetAccessor(property)) found.push(core.returnsOf(property));
    }
    return mergeValues(...found);
  }

  function memberOfClass(node: ts.ClassLikeDeclaration, name: string, isStatic: boolean): readonly Value[] {
    const found: Array<readonly Value[]> = [];
    for (const member of node.members) {
      if (ts.isConstructorDeclaration(member)) {
        if (isStatic) continue;
        for (const parameter of member.parameters) {
          if (
            ts.isParameterPropertyDeclaration(parameter, member) &&
            ts.isIdentifier(parameter.name) &&
            parameter.name.text === name
          )
            found.push(core.remember(parameter, () => core.valuesOfParameter(parameter)));
        }
        continue;
      }
      if (member.name === undefined || nameOf(ts, member.name) !== name) continue;
      if (ts.isPropertyDeclaration(member)) found.push(core.remember(member, () => valuesOfField(member)));
      else if (ts.isGetAccessor(member)) found.push(core.returnsOf(member));
      else if (ts.isMethodDeclaration(member)) found.push([{ kind: 'function', node: member }]);
    }
    found.push(core.all(index.fields.get(node)?.get(name), core.valuesOf));
    const own = mergeValues(...found);
    if (own.some((value) => value.kind !== 'nothing' && value.kind !== 'shape')) return own;
    return mergeValues(
      own,
      core.all(basesOf(node), (base) => memberOfBase(base, name, isStatic)),
    );
  }

  function valuesOfField(member: ts.PropertyDeclaration): readonly Value[] {
    const initial = member.initializer === undefined ? [] : core.valuesOf(member.initializer);
    if (initial.some((value) => value.kind === 'client') || member.type === undefined) return initial;
    return mergeValues(initial, core.valuesOfType(member.type));
  }

  function basesOf(node: ts.ClassLikeDeclaration): readonly ts.Expression[] {
    return (node.heritageClauses ?? [])
      .filter((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)
      .flatMap((clause) => clause.types.flatMap((type) => mixinsOf(type.expression)));
  }

  function mixinsOf(node: ts.Expression): readonly ts.Expression[] {
    if (!ts.isCallExpression(node)) return [node];
    return node.arguments.flatMap((argument) =>
      ts.isArrayLiteralExpression(argument) ? [...argument.elements] : [argument],
    );
  }

  function memberOfBase(base: ts.Expression, name: string, isStatic: boolean): readonly Value[] {
    return core.all(core.valuesOf(base), (value): readonly Value[] => {
      if (value.kind === 'class') return memberOfClass(value.node, name, isStatic);
      if (value.kind === 'sdk' && clientClasses.has(value.name) && !isStatic)
        return [{ kind: 'client', name: value.name, site: value.site, made: base, path: [name] }];
      if (value.kind === 'module')
        return core.all(core.exported(value.file, 'export='), (one) =>
          one.kind === 'class' ? memberOfClass(one.node, name, isStatic) : [],
        );
      return value.kind === 'foreign' ? [value] : [];
    });
  }

  function memberOfShape(node: ts.InterfaceDeclaration | ts.TypeLiteralNode, name: string): readonly Value[] {
    const own = core.all(
      node.members.filter((member) => member.name !== undefined && nameOf(ts, member.name) === name),
      (member) =>
        ts.isPropertySignature(member) && member.type !== undefined
          ? core.valuesOfType(member.type)
          : ts.isMethodSignature(member) && member.type !== undefined
            ? core.valuesOfType(member.type)
            : [],
    );
    if (own.length > 0 || !ts.isInterfaceDeclaration(node)) return own;
    return core.all(
      node.heritageClauses?.flatMap((clause) => [...clause.types]),
      (base) => core.all(core.instancesOf(core.valuesOf(base.expression)), (value) => core.memberOf(value, name)),
    );
  }

  return { memberOf };
}

function nameOf(api: typeof ts, node: ts.PropertyName): string | undefined {
  if (api.isIdentifier(node) || api.isStringLiteralLike(node) || api.isPrivateIdentifier(node)) return node.text;
  return undefined;
}

/** What the SDK calls an export of one of its modules, from its entry on. */
function nameInModule(specifier: string, name: string): string {
  const group = isResourceEntry(specifier) ? /\/(chat|audio)(?:\/|$)/.exec(specifier)?.[1] : undefined;
  if (group !== undefined) {
    const inGroup = `${group.charAt(0).toUpperCase()}${group.slice(1)}.${name}`;
    if (resourcePath(inGroup) !== undefined) return inGroup;
  }
  return name === 'default' ? 'OpenAI' : name;
}
