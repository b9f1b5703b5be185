import { refuseRequest } from '../refusal.ts';
import type { WireObject } from '../wire.ts';
import type { Page } from './history.ts';
import type { Item } from './item.ts';

/** Reads `limit`, `order` and `after` of a list's address: 20 and the newest first where they are missing, as at OpenAI. Throws a `Refusal`. */
export function readPage(params: URLSearchParams): Page {
  const limit = Number(params.get('limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw refuseRequest(`limit is ${params.get('limit')}; it must be from 1 to 100`, 'limit', 'invalid_value');
  const order = params.get('order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc')
    throw refuseRequest(`order is ${order}; it must be asc or desc`, 'order', 'invalid_value');
  return { limit, descending: order === 'desc', after: params.get('after') ?? undefined };
}

/** Cuts a page out of a whole list, which stands oldest first. */
export function pageItems(items: readonly Item[], { limit, descending, after }: Page): WireObject {
  const ordered = descending ? items.toReversed() : items;
  const from = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && from === 0)
    throw refuseRequest(`Item with id '${after}' not found.`, 'after', 'not_found');
  return writeList(ordered.slice(from, from + limit), ordered.length > from + limit);
}

/** Writes OpenAI's list object. */
export function writeList(data: readonly Item[], hasMore: boolean): WireObject {
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data[data.length - 1]?.id ?? null,
    has_more: hasMore,
  };
}
