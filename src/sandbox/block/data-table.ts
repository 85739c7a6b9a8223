import { list, number, oneOf, shape, text } from './rule.ts';
import { cell } from './table.ts';
import { identifier } from './text-object.ts';

/**
 * https://docs.slack.dev/reference/block-kit/blocks/data-table-block
 * A head and 100 rows: Slack has begun to take 200, but not everywhere.
 */
export const dataTable = shape({
  type: oneOf('data_table'),
  'block_id?': identifier,
  caption: text(3000),
  rows: list(list(cell, 20, 1), 101, 1),
  'page_size?': number(1, 100),
  'row_header_column_index?': number(0, 19),
});
