export { dialectIds, envNames } from './names.ts';
export type { DialectId, EnvName } from './names.ts';
export { modelCatalogue } from './models.ts';
export type { ModelRole, OpenAIModel } from './models.ts';
export { sdkSurface } from './surface.ts';
export type { SurfaceEntry, SurfaceStatus } from './surface.ts';
