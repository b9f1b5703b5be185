import type { ts } from 'ts-morph';
import type { ImportGraph } from './import-graph.ts';
import type { CodeProject } from './project.ts';
import type { SyntaxIndex } from './syntax-index.ts';
import { clientClasses, mergeValues, sdkFormOf, type Callable, type Value } from './values.ts';

/** Follows values through the project: what an expression may hold. */
export interface Flow {
  readonly valuesOf: (node: ts.Expression) => readonly Value[];
  /** The value of the module that a specifier literal names. */
  readonly valuesOfModule: (literal: ts.StringLiteralLike) => readonly Value[];
  readonly memberOf: (value: Value, name: string) => readonly Value[];
}

/** Names of functions that hand back the client they are given, or what their callback returns. */
const passThrough =
  /^(?:wrap|observe|instrument|trace|patch|with|monitor)\w*$|^(?:freeze|resolve|seal|useMemo|useRef|useState|ref|shallowRef|markRaw|readonly|cache|memo|memoize|memoizee|once|lazy|singleton|instructor|Instructor)$/i;
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
const deepest = 90;

/** Makes the flow of a project; results are remembered. */
export function createFlow(project: CodeProject, index: SyntaxIndex, graph: ImportGraph): Flow {
  const { ts, checker } = project;
  const memory = new Map<ts.Node, readonly Value[]>();
  const running = new Set<ts.Node>();
  const fileOf = new Map<ts.SourceFile, string>([...project.files.values()].map((one) => [one.source, one.file]));
  const exportsRunning = new Set<string>();
  let cuts = 0;

  const remember = (node: ts.Node, make: () => readonly Value[]): readonly Value[] => {
    const known = memory.get(node);
    if (known !== undefined) return known;
    if (running.has(node) || running.size > deepest) {
      cuts += 1;
      return [];
    }
    running.add(node);
    const before = cuts;
    const values = make();
    running.delete(node);
    // A result that was cut short by a cycle is kept only where the walk began: there it is complete.
    if (cuts === before || running.size === 0) memory.set(node, values);
    return values;
  };

  const all = <Item>(items: readonly Item[] | undefined, each: (item: Item) => readonly Value[]): Value[] =>
    mergeValues(...(items ?? []).map(each));

  const valuesOf = (node: ts.Expression): readonly Value[] => remember(node, () => evaluate(node));

  function evaluate(node: ts.Expression): readonly Value[] {
    if (ts.isIdentifier(node)) return node.text === 'undefined' ? [{ kind: 'nothing' }] : valuesOfName(node);
    if (node.kind === ts.SyntaxKind.NullKeyword || ts.isVoidExpression(node)) return [{ kind: 'nothing' }];
    if (ts.isStringLiteralLike(node))
      return node.text === '' ? [{ kind: 'nothing' }] : [{ kind: 'text', text: node.text }];
    if (
      ts.isParenthesizedExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isSatisfiesExpression(node) ||
      ts.isAwaitExpression(node)
    )
      return valuesOf(node.expression);
    if (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) {
      const inner = valuesOf(node.expression);
      return inner.some((value) => value.kind === 'client') ? inner : mergeValues(inner, valuesOfType(node.type));
    }
    if (ts.isPropertyAccessExpression(node)) return memberAccess(node.expression, node.name.text);
    if (ts.isElementAccessExpression(node))
      return ts.isStringLiteralLike(node.argumentExpression)
        ? memberAccess(node.expression, node.argumentExpression.text)
        : [];
    if (ts.isConditionalExpression(node)) return mergeValues(valuesOf(node.whenTrue), valuesOf(node.whenFalse));
    if (ts.isBinaryExpression(node)) {
      const kind = node.operatorToken.kind;
      if (kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken)
        return mergeValues(valuesOf(node.left), valuesOf(node.right));
      if (
        kind === ts.SyntaxKind.CommaToken ||
        kind === ts.SyntaxKind.AmpersandAmpersandToken ||
        kind === ts.SyntaxKind.EqualsToken
      )
        return valuesOf(node.right);
      if (kind === ts.SyntaxKind.QuestionQuestionEqualsToken || kind === ts.SyntaxKind.BarBarEqualsToken)
        return mergeValues(valuesOf(node.left), valuesOf(node.right));
      return [];
    }
    if (ts.isObjectLiteralExpression(node)) return [{ kind: 'object', node }];
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return [{ kind: 'function', node }];
    if (ts.isClassExpression(node)) return [{ kind: 'class', node }];
    if (node.kind === ts.SyntaxKind.ThisKeyword) {
      const holder = ts.findAncestor(node, ts.isClassLike);
      return holder === undefined ? [] : [{ kind: 'instance', node: holder }];
    }
    if (ts.isNewExpression(node)) return valuesOfNew(node);
    if (ts.isCallExpression(node)) return valuesOfCall(node);
    if (ts.isMetaProperty(node)) return [{ kind: 'env-object' }];
    return [];
  }

  function memberAccess(owner: ts.Expression, name: string): readonly Value[] {
    const byOwner = all(valuesOf(owner), (value) => memberOf(value, name));
    if (!ts.isIdentifier(owner)) return byOwner;
    const symbol = checker.getSymbolAtLocation(owner);
    const written = symbol === undefined ? undefined : index.properties.get(symbol)?.get(name);
    if (written === undefined && symbol === undefined && name === 'env' && /^(?:process|Deno|Bun)$/.test(owner.text))
      return [{ kind: 'env-object' }];
    return mergeValues(byOwner, all(written, valuesOf));
  }

  function valuesOfName(node: ts.Identifier): readonly Value[] {
    const parent = node.parent;
    const symbol =
      ts.isShorthandPropertyAssignment(parent) && parent.name === node
        ? checker.getShorthandAssignmentValueSymbol(parent)
        : checker.getSymbolAtLocation(node);
    return symbol === undefined ? [] : valuesOfSymbol(symbol);
  }

  function valuesOfSymbol(symbol: ts.Symbol): readonly Value[] {
    const declared = all(symbol.declarations, (one) => remember(one, () => valuesOfDeclaration(one)));
    const written = all(index.assigned.get(symbol), (one) =>
      one.key === undefined
        ? valuesOf(one.expression)
        : all(valuesOf(one.expression), (value) => memberOf(value, one.key ?? '')),
    );
    return mergeValues(declared, written);
  }

  function valuesOfDeclaration(node: ts.Declaration): readonly Value[] {
    if (ts.isImportClause(node)) return fromModule(node.parent.moduleSpecifier, 'default');
    if (ts.isImportSpecifier(node))
      return fromModule(node.parent.parent.parent.moduleSpecifier, (node.propertyName ?? node.name).text);
    if (ts.isNamespaceImport(node)) return fromModule(node.parent.parent.moduleSpecifier, undefined);
    if (ts.isImportEqualsDeclaration(node)) {
      if (ts.isExternalModuleReference(node.moduleReference))
        return fromModule(node.moduleReference.expression, undefined);
      return valuesOfEntity(node.moduleReference);
    }
    if (ts.isVariableDeclaration(node)) {
      const typed = node.type === undefined ? [] : valuesOfType(node.type);
      const initial = node.initializer === undefined ? [] : valuesOf(node.initializer);
      return initial.some((value) => value.kind === 'client') ? initial : mergeValues(initial, typed);
    }
    if (ts.isBindingElement(node)) return valuesOfBinding(node);
    if (ts.isParameter(node)) return valuesOfParameter(node);
    if (ts.isFunctionDeclaration(node)) return [{ kind: 'function', node }];
    if (ts.isClassLike(node)) return [{ kind: 'class', node }];
    if (ts.isExportSpecifier(node)) return valuesOfExportSpecifier(node);
    return [];
  }

  function valuesOfBinding(node: ts.BindingElement): readonly Value[] {
    const holder = node.parent.parent;
    const name = node.propertyName ?? node.name;
    const source =
      ts.isParameter(holder) || ts.isBindingElement(holder)
        ? remember(holder, () => valuesOfDeclaration(holder))
        : holder.initializer === undefined
          ? []
          : valuesOf(holder.initializer);
    const typed =
      (ts.isVariableDeclaration(holder) || ts.isParameter(holder)) && holder.type !== undefined
        ? valuesOfType(holder.type)
        : [];
    const whole = mergeValues(source, typed);
    if (node.dotDotDotToken !== undefined) return whole;
    const initial = node.initializer === undefined ? [] : valuesOf(node.initializer);
    if (ts.isArrayBindingPattern(node.parent))
      return node.parent.elements[0] === node ? mergeValues(whole, initial) : initial;
    const key = ts.isIdentifier(name) || ts.isStringLiteralLike(name) ? name.text : undefined;
    return key === undefined
      ? initial
      : mergeValues(
          all(whole, (value) => memberOf(value, key)),
          initial,
        );
  }

  function valuesOfParameter(node: ts.ParameterDeclaration): readonly Value[] {
    const typed = node.type === undefined ? [] : valuesOfType(node.type);
    if (typed.some((value) => value.kind === 'client')) return typed;
    const initial = node.initializer === undefined ? [] : valuesOf(node.initializer);
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
        return valuesOf(to.expression);
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
    return all((index.callsByName.get(name) ?? []).slice(0, 60), (call) => {
      const argument = call.arguments?.[position];
      if (argument === undefined || ts.isSpreadElement(argument)) return [];
      const reaches = valuesOf(call.expression).some(
        (value) =>
          (value.kind === 'function' && value.node === callee) ||
          (value.kind === 'class' && ts.isConstructorDeclaration(callee) && value.node === callee.parent),
      );
      return reaches ? valuesOf(argument) : [];
    });
  }

  function valuesOfNew(node: ts.NewExpression): readonly Value[] {
    if (
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'Proxy' &&
      checker.getSymbolAtLocation(node.expression) === undefined
    ) {
      return node.arguments?.[0] === undefined ? [] : valuesOf(node.arguments[0]);
    }
    return all(valuesOf(node.expression), (value): readonly Value[] => {
      if (value.kind === 'sdk')
        return clientClasses.has(value.name)
          ? [{ kind: 'client', name: value.name, site: value.site, made: node, path: [] }]
          : [];
      if (value.kind === 'sdk-module')
        return [{ kind: 'client', name: 'OpenAI', site: value.site, made: node, path: [] }];
      if (value.kind === 'class') return [{ kind: 'instance', node: value.node }];
      if (value.kind === 'module')
        return all(exported(value.file, 'export='), (one) =>
          one.kind === 'class' ? [{ kind: 'instance', node: one.node }] : [],
        );
      return value.kind === 'foreign' ? [value] : [];
    });
  }

  function valuesOfCall(node: ts.CallExpression): readonly Value[] {
    const first = node.arguments[0];
    if (first !== undefined && isModuleCall(ts, node) && ts.isStringLiteralLike(first))
      return fromModule(first, undefined);
    const callee = node.expression;
    const name = ts.isIdentifier(callee) ? callee.text : ts.isPropertyAccessExpression(callee) ? callee.name.text : '';
    const values = valuesOf(callee);
    const returned = all(values, (value): readonly Value[] => {
      if (value.kind === 'function') return returnsOf(value.node);
      if (value.kind === 'client')
        return value.path.length === 1 && value.path[0] === 'withOptions' ? [{ ...value, path: [] }] : [];
      if (value.kind === 'module')
        return all(exported(value.file, 'export='), (one) => (one.kind === 'function' ? returnsOf(one.node) : []));
      return [];
    });
    if (returned.length > 0) return returned;
    if (name === 'then' && ts.isPropertyAccessExpression(callee) && first !== undefined)
      return returnsOfAll(valuesOf(first));
    if (
      name === 'get' &&
      ts.isPropertyAccessExpression(callee) &&
      first !== undefined &&
      ts.isStringLiteralLike(first)
    ) {
      if (valuesOf(callee.expression).some((value) => value.kind === 'env-object'))
        return [{ kind: 'env', name: first.text }];
    }
    if (passThrough.test(name) && first !== undefined) {
      const given = valuesOf(first);
      return mergeValues(given, returnsOfAll(given));
    }
    return values.filter((value) => value.kind === 'foreign');
  }

  function returnsOfAll(values: readonly Value[]): readonly Value[] {
    return all(values, (value) => (value.kind === 'function' ? returnsOf(value.node) : []));
  }

  function returnsOf(node: Callable): readonly Value[] {
    const typed = node.type === undefined ? [] : valuesOfType(node.type);
    const body = node.body;
    if (body === undefined) return typed;
    const found = ts.isBlock(body) ? remember(body, () => all(returnedBy(body), valuesOf)) : valuesOf(body);
    return found.some((value) => value.kind === 'client') ? found : mergeValues(found, typed);
  }

  function returnedBy(body: ts.Block): ts.Expression[] {
    const found: ts.Expression[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
      if (ts.isReturnStatement(node) && node.expression !== undefined) found.push(node.expression);
      ts.forEachChild(node, visit);
    };
    ts.forEachChild(body, visit);
    return found;
  }

  function memberOf(value: Value, name: string): readonly Value[] {
    switch (value.kind) {
      case 'sdk-module':
        return [{ kind: 'sdk', name: name === 'default' ? 'OpenAI' : name, site: value.site }];
      case 'sdk':
        return value.name === 'OpenAI'
          ? [{ kind: 'sdk', name: name === 'default' ? 'OpenAI' : name, site: value.site }]
          : [];
      case 'client':
        return value.path.length === 0 && /^(?:value|current)$/.test(name)
          ? [value]
          : [{ ...value, path: [...value.path, name] }];
      case 'foreign':
        return [value];
      case 'module':
        return exported(value.file, name);
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
        found.push(all(valuesOf(property.expression), (value) => memberOf(value, name)));
      else if (property.name === undefined || nameOf(ts, property.name) !== name) continue;
      else if (ts.isPropertyAssignment(property)) found.push(valuesOf(property.initializer));
      else if (ts.isShorthandPropertyAssignment(property)) found.push(valuesOf(property.name));
      else if (ts.isMethodDeclaration(property)) found.push([{ kind: 'function', node: property }]);
      else if (ts.isGetAccessor(property)) found.push(returnsOf(property));
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
            found.push(remember(parameter, () => valuesOfParameter(parameter)));
        }
        continue;
      }
      if (member.name === undefined || nameOf(ts, member.name) !== name) continue;
      if (ts.isPropertyDeclaration(member)) found.push(remember(member, () => valuesOfField(member)));
      else if (ts.isGetAccessor(member)) found.push(returnsOf(member));
      else if (ts.isMethodDeclaration(member)) found.push([{ kind: 'function', node: member }]);
    }
    found.push(all(index.fields.get(node)?.get(name), valuesOf));
    const own = mergeValues(...found);
    if (own.some((value) => value.kind !== 'nothing' && value.kind !== 'shape')) return own;
    return mergeValues(
      own,
      all(basesOf(node), (base) => memberOfBase(base, name, isStatic)),
    );
  }

  function valuesOfField(member: ts.PropertyDeclaration): readonly Value[] {
    const initial = member.initializer === undefined ? [] : valuesOf(member.initializer);
    if (initial.some((value) => value.kind === 'client') || member.type === undefined) return initial;
    return mergeValues(initial, valuesOfType(member.type));
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
    return all(valuesOf(base), (value): readonly Value[] => {
      if (value.kind === 'class') return memberOfClass(value.node, name, isStatic);
      if (value.kind === 'sdk' && clientClasses.has(value.name) && !isStatic)
        return [{ kind: 'client', name: value.name, site: value.site, made: base, path: [name] }];
      if (value.kind === 'module')
        return all(exported(value.file, 'export='), (one) =>
          one.kind === 'class' ? memberOfClass(one.node, name, isStatic) : [],
        );
      return value.kind === 'foreign' ? [value] : [];
    });
  }

  function memberOfShape(node: ts.InterfaceDeclaration | ts.TypeLiteralNode, name: string): readonly Value[] {
    const own = all(
      node.members.filter((member) => member.name !== undefined && nameOf(ts, member.name) === name),
      (member) =>
        ts.isPropertySignature(member) && member.type !== undefined
          ? valuesOfType(member.type)
          : ts.isMethodSignature(member) && member.type !== undefined
            ? valuesOfType(member.type)
            : [],
    );
    if (own.length > 0 || !ts.isInterfaceDeclaration(node)) return own;
    return all(
      node.heritageClauses?.flatMap((clause) => [...clause.types]),
      (base) => all(instancesOf(valuesOf(base.expression)), (value) => memberOf(value, name)),
    );
  }

  function valuesOfType(node: ts.TypeNode): readonly Value[] {
    return remember(node, () => evaluateType(node));
  }

  function evaluateType(node: ts.TypeNode): readonly Value[] {
    if (ts.isUnionTypeNode(node) || ts.isIntersectionTypeNode(node)) return all(node.types, valuesOfType);
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
      return name === undefined ? [] : instancesOf(fromModule(node.argument.literal, name));
    }
    if (!ts.isTypeReferenceNode(node)) return [];
    const name = ts.isIdentifier(node.typeName) ? node.typeName.text : '';
    const [first] = node.typeArguments ?? [];
    if (first !== undefined) {
      if (name === 'ReturnType') return returnsOfAll(valuesOfType(first));
      if (name === 'InstanceType') return instancesOf(valuesOfType(first));
      if (typePassThrough.has(name)) return valuesOfType(first);
    }
    return instancesOf(valuesOfEntity(node.typeName));
  }

  /** What a value of the named type holds: a class stands for its instances. */
  function instancesOf(values: readonly Value[]): readonly Value[] {
    return all(values, (value): readonly Value[] => {
      if (value.kind === 'sdk')
        return clientClasses.has(value.name)
          ? [{ kind: 'client', name: value.name, site: value.site, made: undefined, path: [] }]
          : [];
      if (value.kind === 'class') return [{ kind: 'instance', node: value.node }];
      return [value];
    });
  }

  function valuesOfEntity(node: ts.EntityName): readonly Value[] {
    if (ts.isQualifiedName(node)) return all(valuesOfEntity(node.left), (value) => memberOf(value, node.right.text));
    const symbol = checker.getSymbolAtLocation(node);
    return all(symbol?.declarations, (one) => {
      if (ts.isInterfaceDeclaration(one)) return [{ kind: 'shape', node: one }];
      if (ts.isTypeAliasDeclaration(one)) return valuesOfType(one.type);
      return remember(one, () => valuesOfDeclaration(one));
    });
  }

  function fromModule(literal: ts.Expression, name: string | undefined): readonly Value[] {
    if (!ts.isStringLiteralLike(literal)) return [];
    const whole = valuesOfModule(literal);
    return name === undefined ? whole : all(whole, (value) => memberOf(value, name));
  }

  function valuesOfModule(literal: ts.StringLiteralLike): readonly Value[] {
    if (sdkFormOf(literal.text) !== undefined) return [{ kind: 'sdk-module', site: literal }];
    const from = fileOf.get(literal.getSourceFile());
    const file = from === undefined ? undefined : graph.resolve(from, literal.text);
    if (file === undefined) return [{ kind: 'foreign', module: literal.text }];
    return [{ kind: 'module', file }];
  }

  function valuesOfExportSpecifier(node: ts.ExportSpecifier): readonly Value[] {
    const from = node.parent.parent.moduleSpecifier;
    const name = node.propertyName ?? node.name;
    if (from !== undefined) return fromModule(from, name.text);
    const symbol = checker.getExportSpecifierLocalTargetSymbol(node);
    return symbol === undefined || symbol.declarations?.includes(node) === true ? [] : valuesOfSymbol(symbol);
  }

  /** What a file exports under a name; `export=` is the whole of a CommonJS module. */
  function exported(file: string, name: string): readonly Value[] {
    const key = `${file}\n${name}`;
    const source = project.files.get(file)?.source;
    if (source === undefined || exportsRunning.has(key)) return [];
    exportsRunning.add(key);
    try {
      const found: Array<readonly Value[]> = [];
      const own = index.commonJs.get(file);
      const whole = [...(own?.get('export=') ?? [])];
      for (const statement of source.statements) {
        if (ts.isExportAssignment(statement)) {
          if (statement.isExportEquals === true) whole.push(statement.expression);
          else if (name === 'default') found.push(valuesOf(statement.expression));
        } else if (ts.isExportDeclaration(statement)) found.push(fromExport(statement, name));
        else if (
          name === 'default' &&
          ts.canHaveModifiers(statement) &&
          isDefaultExport(ts, statement) &&
          (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
        )
          found.push(valuesOfDeclaration(statement));
      }
      const symbol = checker.getSymbolAtLocation(source)?.exports?.get(ts.escapeLeadingUnderscores(name));
      if (symbol !== undefined && name !== 'default' && name !== 'export=') found.push(valuesOfSymbol(symbol));
      if (name === 'export=' || name === 'default') found.push(all(whole, valuesOf));
      else found.push(all(whole, (one) => all(valuesOf(one), (value) => memberOf(value, name))));
      found.push(all(own?.get(name), valuesOf));
      return mergeValues(...found);
    } finally {
      exportsRunning.delete(key);
    }
  }

  function fromExport(statement: ts.ExportDeclaration, name: string): readonly Value[] {
    const clause = statement.exportClause;
    if (clause === undefined)
      return statement.moduleSpecifier === undefined || name === 'default'
        ? []
        : fromModule(statement.moduleSpecifier, name);
    if (ts.isNamespaceExport(clause))
      return clause.name.text === name && statement.moduleSpecifier !== undefined
        ? fromModule(statement.moduleSpecifier, undefined)
        : [];
    return all(
      clause.elements.filter((one) => one.name.text === name),
      valuesOfExportSpecifier,
    );
  }

  return { valuesOf, valuesOfModule, memberOf };
}

/** Whether a call is `require("…")` or `import("…")`. */
export function isModuleCall(api: typeof ts, node: ts.CallExpression): boolean {
  if (node.expression.kind === api.SyntaxKind.ImportKeyword) return true;
  if (api.isIdentifier(node.expression))
    return node.expression.text === 'require' || node.expression.text === '__non_webpack_require__';
  return (
    api.isPropertyAccessExpression(node.expression) &&
    /^(?:requireActual|importActual|requireMock|importMock)$/.test(node.expression.name.text)
  );
}

function isDefaultExport(api: typeof ts, node: ts.HasModifiers): boolean {
  return api.getModifiers(node)?.some((modifier) => modifier.kind === api.SyntaxKind.DefaultKeyword) === true;
}

function nameOf(api: typeof ts, node: ts.PropertyName): string | undefined {
  if (api.isIdentifier(node) || api.isStringLiteralLike(node) || api.isPrivateIdentifier(node)) return node.text;
  return undefined;
}
