// `table all` lists every IPv4 routing table at once, each route with its table's name except those of main:
// https://man7.org/linux/man-pages/man8/ip-route.8.html
import { probe } from './probe.ts';
import { routesOf } from './text/route.ts';

/** All tables of IPv4, kernel order within each. */
export const ipRouteAll = probe({
  id: 'ip-route-all',
  reads: 'the routes of all tables',
  cheap: true,
  argv: () => ['ip', '-4', 'route', 'show', 'table', 'all'],
  parse: (text) => ({ routes: routesOf(text) }),
});
