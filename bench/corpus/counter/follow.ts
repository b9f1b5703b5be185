import type { Node, NodePath } from '@babel/traverse';
import { clientClasses, isSdk, type Held } from './held.ts';
import type { Modules } from './modules.ts';

/** Follows evident names to clients: what an expression of a file holds. */
export interface Follow {
  readonly hold: (file: string, path: NodePath) => Held | undefined;
}

type Maybe = Held | undefined;
const furthest = 24;

/** Makes the follower of a folder. It sees what a reader of the file sees: no untyped parameters, no web of callers. */
export function createFollow(modules: Modules): Follow {
  const memory = new Map<Node, Maybe>();
  let depth = 0;

  function hold(file: string, path: NodePath): Maybe {
    const { node } = path;
    if (memory.has(node)) return memory.get(node);
    if (depth > furthest) return undefined;
    memory.set(node, undefined);
    depth += 1;
    const found = evaluate(file, path);
    depth -= 1;
    memory.set(node, found);
    return found;
  }

  const one = (path: unknown): NodePath | undefined => {
    const found = path as Partial<NodePath> | NodePath[] | null | undefined;
    if (found === null || found === undefined || Array.isArray(found)) return undefined;
    return found.node === null || found.node === undefined ? undefined : (found as NodePath);
  };
  const holdAt = (file: string, path: NodePath, key: string): Maybe => {
    const inner = one(path.get(key));
    return inner === undefined ? undefined : hold(file, inner);
  };

  function evaluate(file: string, path: NodePath): Maybe {
    if (path.isIdentifier()) return holdName(file, path, path.node.name);
    if (path.isMemberExpression() || path.isOptionalMemberExpression()) {
      const { property, computed } = path.node;
      const name =
        property.type === 'StringLiteral'
          ? property.value
          : property.type === 'PrivateName'
            ? property.id.name
            : !computed && property.type === 'Identifier'
              ? property.name
              : undefined;
      return name === undefined ? undefined : member(holdAt(file, path, 'object'), name);
    }
    if (path.isThisExpression()) {
      const holder = path.findParent((up) => up.isClassDeclaration() || up.isClassExpression());
      return holder === null ? undefined : { kind: 'instance', path: holder as NodePath<never>, file };
    }
    if (path.isNewExpression()) return made(holdAt(file, path, 'callee'));
    if (path.isCallExpression() || path.isOptionalCallExpression()) return called(file, path);
    if (
      path.isAwaitExpression() ||
      path.isTSAsExpression() ||
      path.isTSNonNullExpression() ||
      path.isTSSatisfiesExpression() ||
      path.isParenthesizedExpression()
    ) {
      const inner = holdAt(file, path, path.isAwaitExpression() ? 'argument' : 'expression');
      if (inner !== undefined || !path.isTSAsExpression()) return inner;
      return typeHeld(file, path.get('typeAnnotation'));
    }
    if (path.isLogicalExpression()) return holdAt(file, path, 'left') ?? holdAt(file, path, 'right');
    if (path.isConditionalExpression()) return holdAt(file, path, 'consequent') ?? holdAt(file, path, 'alternate');
    if (path.isAssignmentExpression()) return holdAt(file, path, 'right');
    if (path.isObjectExpression()) return { kind: 'object', path, file };
    if (path.isFunction()) return { kind: 'function', path: path as NodePath<never>, file };
    if (path.isClass()) return heldClass(file, path as NodePath);
    return undefined;
  }

  function heldClass(file: string, path: NodePath): Maybe {
    const base = holdAt(file, path, 'superClass');
    if (base?.kind === 'sdk-class') return base;
    if (base?.kind === 'module') return { kind: 'sdk-class', name: 'OpenAI' };
    return { kind: 'class', path: path as NodePath<never>, file };
  }

  function made(callee: Maybe): Maybe {
    if (callee?.kind === 'sdk-class' && clientClasses.has(callee.name))
      return { kind: 'client', name: callee.name, path: [] };
    if (callee?.kind === 'module') return { kind: 'client', name: 'OpenAI', path: [] };
    if (callee?.kind === 'class') return { ...callee, kind: 'instance' };
    return undefined;
  }

  function called(file: string, path: NodePath): Maybe {
    const first = one((path.get('arguments') as NodePath[])[0]);
    const callee = one(path.get('callee'));
    if (callee === undefined) return undefined;
    if (callee.isImport() || (callee.isIdentifier({ name: 'require' }) && !path.scope.hasBinding('require')))
      return first?.isStringLiteral() === true ? holdModule(file, first.node.value) : undefined;
    const held = hold(file, callee);
    if (held?.kind === 'client')
      return held.path.length === 1 && held.path[0] === 'withOptions' ? { ...held, path: [] } : undefined;
    return held?.kind === 'function' ? returned(held.file, held.path) : undefined;
  }

  function returned(file: string, path: NodePath): Maybe {
    const body = one(path.get('body'));
    if (body === undefined) return undefined;
    if (!body.isBlockStatement()) return hold(file, body);
    let found: Maybe;
    body.traverse({
      Function: (inner) => inner.skip(),
      ReturnStatement: (statement) => {
        const argument = one(statement.get('argument'));
        if (argument !== undefined) found ??= hold(file, argument);
      },
    });
    return found ?? typeHeld(file, one(path.get('returnType')));
  }

  function holdModule(file: string, specifier: string): Maybe {
    if (isSdk(specifier)) return { kind: 'module' };
    const target = modules.resolve(file, specifier);
    return target === undefined ? undefined : { kind: 'file', file: target };
  }

  function member(held: Maybe, name: string): Maybe {
    switch (held?.kind) {
      case 'module':
        return { kind: 'sdk-class', name: name === 'default' ? 'OpenAI' : name };
      case 'sdk-class':
        return held.name === 'OpenAI' && /^(?:OpenAI|AzureOpenAI|default)$/.test(name)
          ? { kind: 'sdk-class', name: name === 'default' ? 'OpenAI' : name }
          : undefined;
      case 'client':
        return { ...held, path: [...held.path, name] };
      case 'instance':
        return field(held.file, held.path, name);
      case 'object':
        return propertyOf(held.file, held.path, name);
      case 'file':
        return exported(held.file, name);
      default:
        return undefined;
    }
  }

  function propertyOf(file: string, path: NodePath, name: string): Maybe {
    for (const entry of path.get('properties') as NodePath[]) {
      const { node } = entry;
      if (!('key' in node) || keyOf(node.key) !== name) continue;
      return entry.isObjectMethod() ? { kind: 'function', path: entry, file } : holdAt(file, entry, 'value');
    }
    return undefined;
  }

  function field(file: string, holder: NodePath, name: string): Maybe {
    let found: Maybe;
    for (const entry of holder.get('body.body') as NodePath[]) {
      const { node } = entry;
      if (entry.isClassMethod({ kind: 'constructor' })) {
        for (const parameter of entry.get('params') as NodePath[]) {
          if (!parameter.isTSParameterProperty()) continue;
          const inner = parameter.get('parameter') as NodePath;
          const id = inner.isAssignmentPattern() ? (inner.get('left') as NodePath) : inner;
          if (id.isIdentifier({ name })) found ??= annotated(file, id);
        }
      } else if ('key' in node && keyOf(node.key) === name) {
        if (entry.isClassMethod({ kind: 'get' })) found ??= returned(file, entry);
        else if (entry.isClassMethod() || entry.isClassPrivateMethod())
          found ??= { kind: 'function', path: entry as NodePath<never>, file };
        else found ??= holdAt(file, entry, 'value') ?? annotated(file, entry);
      }
    }
    if (found !== undefined) return found;
    holder.traverse({
      AssignmentExpression(path) {
        const { left } = path.node;
        if (
          left.type === 'MemberExpression' &&
          left.object.type === 'ThisExpression' &&
          (keyOf(left.property) ?? '') === name
        )
          found ??= holdAt(file, path, 'right');
      },
    });
    if (found !== undefined) return found;
    const base = holdAt(file, holder, 'superClass');
    return base?.kind === 'class' ? field(base.file, base.path, name) : undefined;
  }

  function annotated(file: string, path: NodePath): Maybe {
    return typeHeld(file, one(path.get('typeAnnotation')));
  }

  function typeHeld(file: string, path: NodePath | undefined): Maybe {
    if (path === undefined) return undefined;
    if (path.isTSTypeAnnotation()) return typeHeld(file, path.get('typeAnnotation'));
    if (path.isTSUnionType()) {
      for (const type of path.get('types')) {
        const found = typeHeld(file, type);
        if (found !== undefined) return found;
      }
    }
    if (!path.isTSTypeReference()) return undefined;
    const name = path.get('typeName');
    const inner = one(path.get('typeParameters'))?.get('params') as NodePath[] | undefined;
    if (name.isIdentifier({ name: 'Promise' }) && inner?.[0] !== undefined) return typeHeld(file, inner[0]);
    const held = name.isIdentifier()
      ? holdName(file, name, name.node.name)
      : name.isTSQualifiedName()
        ? member(hold(file, name.get('left')), name.node.right.name)
        : undefined;
    return held?.kind === 'sdk-class' || held?.kind === 'class' || held?.kind === 'module' ? made(held) : undefined;
  }

  function holdName(file: string, path: NodePath, name: string): Maybe {
    const binding = path.scope.getBinding(name);
    if (binding === undefined) return undefined;
    const id: Node = binding.identifier;
    if (memory.has(id)) return memory.get(id);
    memory.set(id, undefined);
    const found = holdBinding(file, binding.path, name) ?? assignedTo(file, binding.constantViolations);
    memory.set(id, found);
    return found;
  }

  function assignedTo(file: string, violations: readonly NodePath[]): Maybe {
    for (const path of violations) {
      if (!path.isAssignmentExpression() || !(path.get('left') as NodePath).isIdentifier()) continue;
      const found = holdAt(file, path, 'right');
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function holdBinding(file: string, at: NodePath, name: string): Maybe {
    if (at.isImportDefaultSpecifier() || at.isImportSpecifier() || at.isImportNamespaceSpecifier()) {
      const from = at.parentPath?.node;
      if (from?.type !== 'ImportDeclaration') return undefined;
      const whole = holdModule(file, from.source.value);
      if (at.isImportNamespaceSpecifier()) return whole;
      return member(whole, at.isImportSpecifier() ? (keyOf(at.node.imported) ?? '') : 'default');
    }
    if (at.isTSImportEqualsDeclaration()) {
      const from = at.node.moduleReference;
      return from.type === 'TSExternalModuleReference' ? holdModule(file, from.expression.value) : undefined;
    }
    if (at.isVariableDeclarator()) {
      const id = at.get('id') as NodePath;
      const whole = holdAt(file, at, 'init');
      return id.isObjectPattern() ? taken(whole, id, name) : (whole ?? annotated(file, id));
    }
    if (at.isFunctionDeclaration()) return { kind: 'function', path: at, file };
    if (at.isClassDeclaration()) return heldClass(file, at);
    if (at.isIdentifier()) return annotated(file, at);
    if (at.isAssignmentPattern()) return annotated(file, at.get('left') as NodePath) ?? holdAt(file, at, 'right');
    return undefined;
  }

  function taken(whole: Maybe, pattern: NodePath, name: string): Maybe {
    for (const entry of pattern.get('properties') as NodePath[]) {
      const { node } = entry;
      if (node.type !== 'ObjectProperty') continue;
      const value = node.value.type === 'AssignmentPattern' ? node.value.left : node.value;
      if (value.type === 'Identifier' && value.name === name) return member(whole, keyOf(node.key) ?? '');
      if (value.type !== 'ObjectPattern') continue;
      const inner = entry.get(node.value.type === 'AssignmentPattern' ? 'value.left' : 'value') as NodePath;
      const found = taken(member(whole, keyOf(node.key) ?? ''), inner, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function exported(file: string, name: string): Maybe {
    const root = modules.rootOf(file);
    if (root === undefined || depth > furthest) return undefined;
    depth += 1;
    let found: Maybe;
    for (const statement of root.get('body')) found ??= exportedBy(file, statement, name);
    depth -= 1;
    return found;
  }

  function exportedBy(file: string, statement: NodePath, name: string): Maybe {
    if (statement.isExportDefaultDeclaration())
      return name === 'default' ? holdAt(file, statement, 'declaration') : undefined;
    if (statement.isExportAllDeclaration()) return member(holdModule(file, statement.node.source.value), name);
    if (statement.isExportNamedDeclaration()) {
      const { source, declaration } = statement.node;
      for (const entry of statement.node.specifiers) {
        if (entry.type !== 'ExportSpecifier' || keyOf(entry.exported) !== name) continue;
        return source === null || source === undefined
          ? holdName(file, statement, entry.local.name)
          : member(holdModule(file, source.value), entry.local.name);
      }
      return declaration !== null && declaration !== undefined && declares(declaration, name)
        ? holdName(file, statement, name)
        : undefined;
    }
    if (!statement.isExpressionStatement()) return undefined;
    const expression = statement.get('expression');
    if (!expression.isAssignmentExpression()) return undefined;
    const left = expression.get('left') as NodePath;
    const target = left.toString().replace(/\s/g, '');
    if (target === 'module.exports') {
      const whole = holdAt(file, expression, 'right');
      return name === 'default' ? whole : member(whole, name);
    }
    return target === `exports.${name}` || target === `module.exports.${name}`
      ? holdAt(file, expression, 'right')
      : undefined;
  }

  return { hold };
}

function declares(declaration: Node, name: string): boolean {
  if (declaration.type === 'VariableDeclaration')
    return declaration.declarations.some(({ id }) =>
      id.type === 'ObjectPattern'
        ? id.properties.some((entry) => entry.type === 'ObjectProperty' && keyOf(entry.value) === name)
        : keyOf(id) === name,
    );
  return (
    'id' in declaration && declaration.id !== null && declaration.id !== undefined && keyOf(declaration.id) === name
  );
}

function keyOf(node: Node): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'StringLiteral') return node.value;
  if (node.type === 'PrivateName') return node.id.name;
  return undefined;
}
