export { type JunitCase, type JunitReport, type JunitSuite, writeJunit } from './junit.ts';
export { listKeys } from './list-keys.ts';
export { code, type Column, fence, prose, writeTable } from './markdown.ts';
export { type Page, writePage } from './page.ts';
export { html, isControl, showControls } from './text.ts';
