import type { ts } from 'ts-morph';
import { clientClasses, resourcePath, type Value } from '../values.ts';
import type { FlowCore } from './core.ts';

const typePassThrough = new Set([
  'Promise',
  'PromiseLike',
  'Awaited',
  'Readonly',
  'Partial',
  'Required',
  'NonNullable',
  'Omit',
  'Pick',
  'Ref',
  'ShallowRef',
  'MutableRefObject',
  'RefObject',
]);
/** Values that a type promises: a class stands for its instances, an interface for its members. */
export function followTypes(core: FlowCore): Pick<FlowCore, 'valuesOfType' | 'instancesOf' | 'valuesOfEntity'> {
  const { ts, checker } = core;

  function valuesOfType(node: ts.TypeNode): readonly Value[] {
    return core.remember(node, () => evaluateType(node));
  }

  function evaluateType(node: ts.TypeNode): readonly Value[] {
    if (ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node)) return core.all(node.types, valuesOfType);
    if (ts.isParenthesizedTypeNode(node)) return valuesOfType(node.type);
    if (ts.isFunctionTypeNode(node)) return valuesOfType(node.type);
    if (ts.isTypeLiteralNode(node)) return [{ kind: 'shape', node }];
    if (ts.isTypeQueryNode(node)) return ts.isImportTypeNode(node.exprName) ? [] : valuesOfEntity(node.exprName);
    if (ts.isImportTypeNode(node)) {
      if (
        !ts.isLiteralTypeNode(node.argument) ||
        !ts.isStringLiteral(node.argument.literal) ||
        node.qualifier === undefined
      )
        return [];
      const name = ts.isIdentifier(node.qualifier) ? node.qualifier.text : undefined;
      return name === undefined ? [] : instancesOf(core.fromModule(node.argument.literal, name));
    }
    if (!ts.isTypeReferenceNode(node)) return [];
    const name = ts.isIdentifier(node.typeName) ? node.typeName.text : '';
    const [first] = node.typeArguments ?? [];
    if (first !== undefined) {
      if (name === 'ReturnType') return core.returnsOfAll(valuesOfType(first));
      if (name === 'InstanceType') return instancesOf(valuesOfType(first));
      if (typePassThrough.has(name)) return valuesOfType(first);
    }
    return instancesOf(valuesOfEntity(node.typeName));
  }

  /** What a value of the named type holds: a class stands for its instances. */
  function instancesOf(values: readonly Value[]): readonly Value[] {
    return core.all(values, (value): readonly Value[] => {
      if (value.kind === 'sdk') {
        const path = resourcePath(value.name);
        if (path !== undefined) return [{ kind: 'client', name: 'OpenAI', site: value.site, made: undefined, path }];
        return clientClasses.has(value.name)
          ? [{ kind: 'client', name: value.name, site: value.site, made: undefined, path: [] }]
          : [];
      }
      if (value.kind === 'class') return [{ kind: 'instance', node: value.node }];
      return [value];
    });
  }

  function valuesOfEntity(node: ts.EntityName): readonly Value[] {
    if (ts.isQualifiedName(node))
      return core.all(valuesOfEntity(node.left), (value) => core.memberOf(value, node.right.text));
    const symbol = checker.getSymbolAtLocation(node);
    return core.all(symbol?.declarations, (one) => {
      if (ts.isInterfaceDeclaration(one)) return [{ kind: 'shape', node: one }];
      if (ts.isTypeAliasDeclaration(one)) return valuesOfType(one.type);
      return core.remember(one, () => core.valuesOfDeclaration(one));
    });
  }

  return { valuesOfType, instancesOf, valuesOfEntity };
}
