import type { ts } from 'ts-morph';
import type { Code } from './code.ts';
import type { CodeFile } from './project.ts';
import type { FileNodes } from './syntax-index.ts';
import { mergeTargets, readTarget, type Target } from './targets.ts';
import { clientClasses } from './values.ts';

/** A place where a client is built. */
export interface Construction {
  readonly file: CodeFile;
  readonly node: ts.Node;
  /** The class of the SDK, also where a subclass of it is built. */
  readonly className: string;
  /** The literal that named the module the class comes from; it may lie in another file. */
  readonly site: ts.StringLiteralLike;
  readonly target: Target;
  /** `class X extends OpenAI` rather than `new OpenAI()`. */
  readonly isSubclass: boolean;
  /** A subclass that leaves its file; one that stays in it is nobody's API. */
  readonly isExported: boolean;
}

interface Base {
  readonly className: string;
  readonly site: ts.StringLiteralLike;
  /** The classes between, the one that extends the SDK's own last. */
  readonly chain: readonly ts.ClassLikeDeclaration[];
}

/** Subclasses of subclasses that are followed. */
const longestChain = 6;

/** Finds where clients are built: `new`, of the SDK's classes and of subclasses, and the subclasses themselves. */
export function findConstructions(scene: Code, nodes: FileNodes): Construction[] {
  const { flow, project, index } = scene;
  const built = nodes.news.flatMap((node): Construction[] => {
    for (const value of flow.valuesOf(node)) {
      if (value.kind === 'client' && value.made === node) {
        const target = readTarget(project.ts, flow, value.name, node.arguments?.[0]);
        return [
          {
            file: nodes.file,
            node,
            className: value.name,
            site: value.site,
            target,
            isSubclass: false,
            isExported: false,
          },
        ];
      }
      const base = value.kind === 'instance' ? findBase(scene, value.node) : undefined;
      if (base !== undefined) {
        const { className, site } = base;
        const target = readTarget(project.ts, flow, className, optionsOf(project.ts, base, node));
        return [{ file: nodes.file, node, className, site, target, isSubclass: false, isExported: false }];
      }
    }
    return [];
  });
  const derived = nodes.classes.flatMap((node): Construction[] => {
    const base = findBase(scene, node);
    const [extended] = basesOf(project.ts, node);
    if (base === undefined || extended === undefined || base.chain.length > 1) return [];
    const { className, site } = base;
    const target = targetOfClass(scene, base);
    const isOut = isExported(project.ts, index.commonJs.get(nodes.file.file), node);
    return [{ file: nodes.file, node: extended, className, site, target, isSubclass: true, isExported: isOut }];
  });
  return [...built, ...derived];
}

/** The class of the SDK that a class extends, at once or through others; undefined when it extends none. */
export function findBase(
  scene: Pick<Code, 'project' | 'flow'>,
  node: ts.ClassLikeDeclaration,
  chain: readonly ts.ClassLikeDeclaration[] = [],
): Base | undefined {
  if (chain.length >= longestChain || chain.includes(node)) return undefined;
  const next = [...chain, node];
  for (const extended of basesOf(scene.project.ts, node)) {
    for (const value of scene.flow.valuesOf(extended.expression)) {
      if (value.kind === 'sdk-module') return { className: 'OpenAI', site: value.site, chain: next };
      if (value.kind === 'sdk' && clientClasses.has(value.name))
        return { className: value.name, site: value.site, chain: next };
      const found = value.kind === 'class' ? findBase(scene, value.node, next) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isExported(
  api: typeof ts,
  commonJs: ReadonlyMap<string, readonly ts.Expression[]> | undefined,
  node: ts.ClassLikeDeclaration,
): boolean {
  const name = node.name?.text;
  if (name === undefined || api.getModifiers(node)?.some((one) => one.kind === api.SyntaxKind.ExportKeyword) === true)
    return true;
  const given = [...(commonJs?.values() ?? [])].flat().map((one) => one.getText());
  for (const statement of node.getSourceFile().statements) {
    if (api.isExportAssignment(statement)) given.push(statement.expression.getText());
    const clause = api.isExportDeclaration(statement) ? statement.exportClause : undefined;
    if (clause !== undefined && api.isNamedExports(clause))
      given.push(...clause.elements.map((one) => (one.propertyName ?? one.name).text));
  }
  return given.some((text) => new RegExp(`\\b${name}\\b`).test(text));
}

function basesOf(api: typeof ts, node: ts.ClassLikeDeclaration): readonly ts.ExpressionWithTypeArguments[] {
  return (node.heritageClauses ?? [])
    .filter((clause) => clause.token === api.SyntaxKind.ExtendsKeyword)
    .flatMap((clause) => [...clause.types]);
}

/** The options that reach the SDK's constructor: those of the last constructor on the way, or those of the `new` itself. */
function optionsOf(api: typeof ts, { chain }: Base, made: ts.NewExpression): ts.Expression | undefined {
  const last = chain.findLast((one) => one.members.some(api.isConstructorDeclaration));
  return last === undefined ? made.arguments?.[0] : superOptions(api, last);
}

/** A class without a constructor of its own points where each `new` of it points. */
function targetOfClass({ project, flow, index }: Code, { className, chain }: Base): Target {
  const { ts: api } = project;
  const [node] = chain;
  if (node === undefined || node.members.some(api.isConstructorDeclaration))
    return readTarget(api, flow, className, node === undefined ? undefined : superOptions(api, node));
  const made = (node.name === undefined ? [] : (index.callsByName.get(node.name.text) ?? [])).filter(
    (one): one is ts.NewExpression =>
      api.isNewExpression(one) && flow.valuesOf(one).some((value) => value.kind === 'instance' && value.node === node),
  );
  return mergeTargets(made.map((one) => readTarget(api, flow, className, one.arguments?.[0])));
}

function superOptions(api: typeof ts, node: ts.ClassLikeDeclaration): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const visit = (child: ts.Node): void => {
    if (api.isCallExpression(child) && child.expression.kind === api.SyntaxKind.SuperKeyword)
      found ??= child.arguments[0];
    else if (!api.isClassLike(child)) api.forEachChild(child, visit);
  };
  for (const member of node.members) if (api.isConstructorDeclaration(member)) api.forEachChild(member, visit);
  return found;
}
