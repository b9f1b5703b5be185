import type { ts } from 'ts-morph';
import { mergeValues, type Value } from '../values.ts';
import type { FlowCore } from './core.ts';

/** Values of declarations: imports, variables, patterns, and parameters with their callers. */
export function followDeclarations(core: FlowCore): Pick<FlowCore, 'valuesOfDeclaration' | 'valuesOfParameter'> {
  const { ts, index } = core;

  function valuesOfDeclaration(node: ts.Declaration): readonly Value[] {
    if (ts.isImportClause(node)) return core.fromModule(node.parent.moduleSpecifier, 'default');
    if (ts.isImportSpecifier(node))
      return core.fromModule(node.parent.parent.parent.moduleSpecifier, (node.propertyName ?? node.name).text);
    if (ts.isNamespaceImport(node)) return core.fromModule(node.parent.parent.moduleSpecifier, undefined);
    if (ts.isImportEqualsDeclaration(node)) {
      if (ts.isExternalModuleReference(node.moduleReference))
        return core.fromModule(node.moduleReference.expression, undefined);
      return core.valuesOfEntity(node.moduleReference);
    }
    if (ts.isVariableDeclaration(node)) {
      const typed = node.type === undefined ? [] : core.valuesOfType(node.type);
      const initial = node.initializer === undefined ? [] : core.valuesOf(node.initializer);
      return initial.some((value) => value.kind === 'client') ? initial : mergeValues(initial, typed);
    }
    if (ts.isBindingElement(node)) return valuesOfBinding(node);
    if (ts.isParameter(node)) return valuesOfParameter(node);
    if (ts.isFunctionDeclaration(node)) return [{ kind: 'function', node }];
    if (ts.isClassLike(node)) return [{ kind: 'class', node }];
    if (ts.isInterfaceDeclaration(node)) return [{ kind: 'shape', node }];
    if (ts.isTypeAliasDeclaration(node)) return core.valuesOfType(node.type);
    if (ts.isExportSpecifier(node)) return core.valuesOfExportSpecifier(node);
    return [];
  }

  function valuesOfBinding(node: ts.BindingElement): readonly Value[] {
    const holder = node.parent.parent;
    const name = node.propertyName ?? node.name;
    const source =
      ts.isParameter(holder) || ts.isBindingElement(holder)
        ? core.remember(holder, () => valuesOfDeclaration(holder))
        : holder.initializer === undefined
          ? []
          : core.valuesOf(holder.initializer);
    const typed =
      (ts.isVariableDeclaration(holder) || ts.isParameter(holder)) && holder.type !== undefined
        ? core.valuesOfType(holder.type)
        : [];
    const whole = mergeValues(source, typed);
    if (node.dotDotDotToken !== undefined) return whole;
    const initial = node.initializer === undefined ? [] : core.valuesOf(node.initializer);
    if (ts.isArrayBindingPattern(node.parent))
      return node.parent.elements[0] === node ? mergeValues(whole, initial) : initial;
    const key = ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : undefined;
    return key === undefined
      ? initial
      : mergeValues(
          core.all(whole, (value) => core.memberOf(value, key)),
          initial,
        );
  }

  function valuesOfParameter(node: ts.ParameterDeclaration): readonly Value[] {
    const typed = node.type === undefined ? [] : core.valuesOfType(node.type);
    if (typed.some((value) => value.kind === 'client')) return typed;
    const initial = node.initializer === undefined ? [] : core.valuesOf(node.initializer);
    return mergeValues(typed, initial, valuesFromCallers(node));
  }

  function valuesFromCallers(node: ts.ParameterDeclaration): readonly Value[] {
    const callee = node.parent;
    const position = callee.parameters.indexOf(node);
    const outer = callee.parent;
    if ((ts.isArrowFunction(callee) || ts.isFunctionExpression(callee)) && ts.isCallExpression(outer)) {
      const to = outer.expression;
      if (
        position === 0 &&
        ts.isPropertyAccessExpression(to) &&
        /^(?:then|tap|run|forEach|map|use)$/.test(to.name.text)
      )
        return core.valuesOf(to.expression);
      return [];
    }
    const name = ts.isConstructorDeclaration(callee)
      ? callee.parent.name?.text
      : callee.name !== undefined && ts.isIdentifier(callee.name)
        ? callee.name.text
        : ts.isVariableDeclaration(outer) && ts.isIdentifier(outer.name)
          ? outer.name.text
          : ts.isPropertyAssignment(outer) && ts.isIdentifier(outer.name)
            ? outer.name.text
            : undefined;
    if (name === undefined) return [];
    return core.all((index.callsByName.get(name) ?? []).slice(0, 60), (call) => {
      const argument = call.arguments?.[position];
      if (argument === undefined || ts.isSpreadElement(argument)) return [];
      const reaches = core
        .valuesOf(call.expression)
        .some(
          (value) =>
            (value.kind === 'function' && value.node === callee) ||
            (value.kind === 'class' && ts.isConstructorDeclaration(callee) && value.node === callee.parent),
        );
      return reaches ? core.valuesOf(argument) : [];
    });
  }

  return { valuesOfDeclaration, valuesOfParameter };
}
