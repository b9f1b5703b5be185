import type { Scene } from './scene.ts';

/** Packages that keep vectors. Source: each package's own README on npm, by name; checked 2026-11-25. */
const stores: ReadonlyArray<readonly [name: string, packages: RegExp]> = [
  ['Pinecone', /^(?:@pinecone-database\/pinecone|@langchain\/pinecone)$/],
  ['Chroma', /^(?:chromadb|@langchain\/community\/vectorstores\/chroma)$/],
  ['Qdrant', /^(?:@qdrant\/.+|@langchain\/qdrant)$/],
  ['Weaviate', /^(?:weaviate-(?:ts-)?client|@langchain\/weaviate)$/],
  ['Milvus', /^@zilliz\/milvus2-sdk-node$/],
  ['pgvector', /^pgvector(?:\/.+)?$/],
  ['Supabase', /^@supabase\/(?:supabase-js|ssr)$/],
  ['LanceDB', /^(?:@lancedb\/lancedb|vectordb)$/],
  ['FAISS', /^faiss-node$/],
  ['hnswlib', /^hnswlib-node$/],
];

/** The vector store that the embeddings of a file may feed. */
export interface Store {
  readonly name: string;
  /** The file that imports it: the same, or one that it imports or that imports it. */
  readonly where: string;
}

/** Finds the store beside a file that embeds: in the file itself first, then one import away; undefined where none is in view. */
export function findStore({ graph }: Pick<Scene, 'graph'>, file: string): Store | undefined {
  for (const where of [file, ...graph.importsOf(file), ...graph.importersOf(file)])
    for (const specifier of graph.specifiersOf(where)) {
      const found = stores.find(([, packages]) => packages.test(specifier));
      if (found !== undefined) return { name: found[0], where };
    }
  return undefined;
}
