// The import swap as a jscodeshift transform that parses a file only when its text names the package.
module.exports = function swap(file, api) {
  if (!/['"]openai['"]/.test(file.source)) return undefined;
  const root = api.jscodeshift(file.source);
  const imports = root.find(api.jscodeshift.ImportDeclaration, { source: { value: 'openai' } });
  const loads = root.find(api.jscodeshift.CallExpression, { callee: { name: 'require' } });
  const wanted = loads.filter((path) => path.node.arguments[0]?.value === 'openai');
  if (imports.length + wanted.length === 0) return undefined;
  imports.forEach((path) => {
    if (path.node.importKind !== 'type') path.node.source.value = '@migrate-llm/shim';
  });
  wanted.forEach((path) => {
    path.node.arguments[0].value = '@migrate-llm/shim';
  });
  return root.toSource();
};
